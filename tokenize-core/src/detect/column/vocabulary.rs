//! What only columns can be, and the words by which people name such columns: English, German, French, Spanish, Portuguese, Italian,
//! Dutch, Polish, some Scandinavian.
//!
//! In lower case, without accents, separated by `|`. A phrase stands for its words in one, too: `first name` for `firstname`.

use super::looks::Look;

/// An entity that is told by a column's name and checked by what its values look like.
#[derive(Debug)]
pub(super) struct ColumnKind {
    pub(super) entity: &'static str,
    /// Names that mean it.
    pub(super) strong: &'static str,
    /// Names that may mean it.
    pub(super) weak: &'static str,
    /// A value that looks like any of these fits.
    pub(super) fits: &'static [Look],
}

/// All of them, in the order in which they are tried.
pub(super) const KINDS: &[ColumnKind] = &[
    ColumnKind {
        entity: "FIRST_NAME",
        strong: "first name|given name|given names|forename|christian name|fname|middle name|mname|preferred name|vorname|rufname|zweiter vorname|\
                 prenom|prenoms|nombre de pila|primer nombre|segundo nombre|nombres|primeiro nome|nome proprio|nome di battesimo|voornaam|voornamen|roepnaam|\
                 imie|imiona|pierwsze imie|drugie imie|fornamn|fornavn|etunimi",
        weak: "first|given|middle",
        fits: &[Look::Name],
    },
    ColumnKind {
        entity: "LAST_NAME",
        strong: "last name|surname|family name|lname|maiden name|birth name|second name|nachname|familienname|zuname|geburtsname|nom de famille|\
                 nom famille|nom de naissance|nom naissance|nom usage|apellido|apellidos|primer apellido|segundo apellido|apellido paterno|\
                 apellido materno|sobrenome|apelido|ultimo nome|cognome|achternaam|familienaam|geboortenaam|nazwisko|nazwisko rodowe|efternamn|etternavn|\
                 efternavn|sukunimi",
        weak: "last|family",
        fits: &[Look::Name],
    },
    ColumnKind {
        entity: "PERSON",
        strong: "full name|fullname|person name|personal name|complete name|legal name|real name|patient name|customer name|client name|contact name|\
                 contact person|employee name|member name|student name|pupil name|guest name|driver name|owner name|author name|manager name|\
                 holder name|account holder|card holder|policy holder|cardholder|accountholder|policyholder|guardian name|parent name|mother name|\
                 father name|spouse name|doctor name|physician name|applicant name|beneficiary name|recipient name|sender name|tenant name|\
                 passenger name|buyer name|seller name|emergency contact|next of kin|name on card|billing name|shipping name|subscriber name|\
                 voter name|insured name|inhaber|kontoinhaber|karteninhaber|versicherungsnehmer|ansprechpartner|vollstandiger name|kundenname|\
                 mitarbeitername|name des kunden|vor und nachname|nom complet|nom et prenom|nom prenom|titulaire|nom du client|nombre completo|\
                 nombre y apellidos|nombre cliente|titular|nome completo|nome e cognome|nome cliente|nome do cliente|nominativo|intestatario|\
                 volledige naam|naam klant|klantnaam|contactpersoon|rekeninghouder|imie i nazwisko|fullstandigt namn|fullt navn|holder|patient|payee|\
                 beneficiary|passenger|cardholder name|person|ship to name|attendee|attendee name|candidate name|lead name|signatory|witness",
        weak: "name|names|nom|nombre|nome|naam|namn|navn|nimi|employee|customer|client|member|contact|author|owner|manager|guest|student|pupil|\
               doctor|physician|provider name|kunde|mitarbeiter|cliente|empleado|paciente|dipendente|klant|klient|assignee|reporter|agent|recipient",
        fits: &[Look::Name],
    },
    ColumnKind {
        entity: "ADDRESS",
        strong: "street|street address|street name|street1|address line|addr line|addr1|addr2|address1|address2|home address|mailing address|postal address|\
                 billing address|shipping address|delivery address|residential address|work address|residence|strasse|str|strasse hausnummer|anschrift|\
                 wohnadresse|lieferadresse|rechnungsadresse|postanschrift|rue|adresse postale|voie|numero et voie|adresse ligne|direccion|domicilio|\
                 calle|direccion postal|endereco|logradouro|morada|rua|indirizzo|via|residenza|straat|straatnaam|adres|woonadres|ulica|adres zamieszkania|\
                 gata|gatuadress|adress|gateadresse|full address",
        weak: "address|addr|adresse|ship to|bill to|deliver to",
        fits: &[Look::Street, Look::StreetWord, Look::Name],
    },
    ColumnKind {
        entity: "CITY",
        strong: "city|city name|town|suburb|municipality|home town|hometown|ort|wohnort|ortsname|stadt|gemeinde|ville|commune|localite|ciudad|localidad|poblacion|\
                 municipio|cidade|localidade|citta|comune|localita|stad|woonplaats|plaatsnaam|miasto|miejscowosc|postort|kommun|ciudad de residencia",
        weak: "locality|plaats|by|burgh|village",
        fits: &[Look::Name],
    },
    ColumnKind {
        entity: "LOCATION",
        strong: "place of birth|birth place|birthplace|geburtsort|lieu de naissance|lieu naissance|lugar de nacimiento|lugar nacimiento|local de nascimento|\
                 luogo di nascita|luogo nascita|geboorteplaats|miejsce urodzenia|fodelseort",
        weak: "location|place",
        fits: &[Look::Name, Look::Street],
    },
    ColumnKind {
        entity: "ZIP_CODE",
        strong: "zip|zip code|zip plus 4|zip4|zip5|postal code|post code|postcode|postal|plz|postleitzahl|code postal|codigo postal|cod postal|cap|cep|\
                 codice postale|codice avviamento postale|postnr|postnummer|kod pocztowy|pincode|pin code|postinumero|codpostal|eircode",
        weak: "cp",
        fits: &[Look::ZipUs, Look::ZipDigits, Look::PostalCode],
    },
    ColumnKind {
        entity: "DATE_OF_BIRTH",
        strong: "date of birth|birth date|birthdate|dob|birthday|born|born on|bday|birth day|birth dt|dateofbirth|year of birth|birth year|geburtsdatum|\
                 geburtstag|geb datum|gebdat|geb|geboren am|geburtsjahr|date de naissance|date naissance|naissance|ne le|annee de naissance|\
                 fecha de nacimiento|fecha nacimiento|fecha nac|fec nac|fnac|nacimiento|data de nascimento|data nascimento|data nasc|dt nasc|nascimento|\
                 data di nascita|data nascita|nascita|geboortedatum|geboorte datum|geboren|data urodzenia|data ur|urodzony|fodelsedatum|fodselsdato|\
                 syntymaaika",
        weak: "birth",
        fits: &[Look::Date, Look::Year],
    },
    ColumnKind {
        entity: "AGE",
        strong: "age|age years|age in years|patient age|customer age|alter|lebensalter|edad|idade|eta|leeftijd|wiek|alder|ika",
        weak: "",
        fits: &[Look::Age],
    },
    ColumnKind {
        entity: "GENDER",
        strong: "gender|sex|gender identity|geschlecht|sexe|genre|sexo|genero|sesso|genere|geslacht|plec|kon|kjonn|sukupuoli",
        weak: "",
        fits: &[Look::Gender],
    },
    ColumnKind {
        entity: "ORGANIZATION",
        strong: "company|company name|organization|organisation|organization name|organisation name|org name|employer|employer name|supplier|supplier name|\
                 vendor|vendor name|business name|institution|merchant|merchant name|corporate name|legal entity|firma|firmenname|unternehmen|arbeitgeber|\
                 lieferant|entreprise|societe|employeur|fournisseur|raison sociale|empresa|razon social|compania|proveedor|empleador|fornecedor|\
                 razao social|empregador|azienda|societa|ragione sociale|datore di lavoro|fornitore|bedrijf|bedrijfsnaam|werkgever|leverancier|\
                 pracodawca|dostawca|nazwa firmy|foretag|foretagsnamn|arbetsgivare|customer company",
        weak: "org|hospital|school|university|bank name",
        fits: &[Look::Name, Look::LegalForm, Look::Prose],
    },
    ColumnKind {
        entity: "USERNAME",
        strong: "username|user name|login|login name|login id|logon|screen name|nickname|nick|user handle|twitter handle|samaccountname|benutzername|benutzer|\
                 nom utilisateur|nom d utilisateur|usuario|nombre de usuario|nombre usuario|utilizador|nome utente|utente|gebruikersnaam|gebruiker|\
                 nazwa uzytkownika|uzytkownik|anvandarnamn|brukernavn|account name|twitter|github user",
        weak: "user|handle|sender|author|owner|created by|updated by|modified by|assigned to|posted by|alias",
        fits: &[Look::Username],
    },
    ColumnKind {
        entity: "PASSWORD",
        strong: "password|passwd|pwd|passphrase|passcode|user password|passwort|kennwort|mot de passe|motdepasse|mdp|contrasena|clave acceso|senha|\
                 palavra passe|wachtwoord|haslo|losenord|passord|salasana",
        weak: "pass|pin|clave",
        fits: &[Look::Token],
    },
    ColumnKind {
        entity: "GENERIC_SECRET",
        strong: "secret|api key|apikey|api secret|api token|client secret|app secret|signing secret|signing key|secret key|shared secret|webhook secret|\
                 access token|auth token|refresh token|bearer token|session token|private key|encryption key|totp secret|otp secret|mfa secret|credential|\
                 credentials|geheimnis|schlussel geheim|cle secrete|cle api|clave secreta|chave secreta|chave api|chiave segreta|klucz api",
        weak: "token|session|auth",
        fits: &[Look::LongToken],
    },
    ColumnKind {
        entity: "US_BANK_NUMBER",
        strong: "bank account|bank account number|bank account no|bank acct|account number|account no|account num|acct number|acct no|acct num|acct|kontonummer|\
                 numero de compte|numero compte|num compte|numero de cuenta|numero cuenta|num cuenta|cuenta bancaria|numero da conta|numero conta|\
                 conta bancaria|numero di conto|conto corrente|rekeningnummer|bankrekening|numer konta|numer rachunku|nr konta|nr rachunku",
        weak: "",
        fits: &[Look::Account],
    },
    ColumnKind {
        entity: "US_DRIVER_LICENSE",
        strong: "driver license|drivers license|driver licence|drivers licence|driving license|driving licence|driver license number|drivers license number|\
                 driver license no|driving licence number|license number dl|dl number|dl no|fuhrerschein|fuhrerscheinnummer|permis de conduire|permis conduire|\
                 licencia de conducir|licencia conducir|carnet de conducir|carta de conducao|cnh|patente|patente di guida|rijbewijs|rijbewijsnummer|\
                 prawo jazdy|korkort",
        weak: "",
        fits: &[Look::Document],
    },
    ColumnKind {
        entity: "US_PASSPORT",
        strong: "passport|passport no|passport number|passport num|passport id|reisepass|reisepassnummer|passnummer|passeport|numero passeport|pasaporte|\
                 numero pasaporte|passaporte|passaporto|paspoort|paspoortnummer|paszport|numer paszportu|pass nr",
        weak: "",
        fits: &[Look::Document],
    },
];

/// Names of columns that hold free text.
pub(super) const PROSE: &str = "note|notes|comment|comments|message|messages|msg|description|desc|remark|remarks|body|text|free text|memo|feedback|review|summary|details|\
    content|transcript|complaint|biography|bio|about|abstract|narrative|answer|question|reply|email body|message body|bemerkung|bemerkungen|notiz|notizen|\
    kommentar|kommentare|beschreibung|nachricht|anmerkung|anmerkungen|freitext|remarque|remarques|commentaire|commentaires|observations|observation|descriptif|\
    observaciones|observacion|comentario|comentarios|mensaje|descripcion|nota|notas|observacoes|observacao|mensagem|descricao|commento|commenti|messaggio|\
    descrizione|osservazioni|opmerking|opmerkingen|beschrijving|bericht|toelichting|uwagi|uwaga|komentarz|opis|wiadomosc|notatka|anteckning|anteckningar|\
    beskrivning|meddelande|kommentti";

/// Words at the end of a name by which it means something about the thing, not the thing.
pub(super) const ABOUT: &str = "count|counts|cnt|length|len|type|kind|model|rating|status|state|flag|verified|confirmed|valid|validated|score|rank|checksum|version|\
    format|pattern|template|provider|enabled|disabled|sent|bounced|opened|clicks|total|pct|percent|ratio|rate|limit|last4|expiry|expires|expiration|\
    color|domain|prefix|suffix|class|category|group|index|idx|order|date|time|timestamp|ts|at|on|opt|optin|consent|preference|frequency|level|quality|\
    confidence|source|origin|language|lang|currency|size|hash|token|anzahl|lange|typ|nombre total|longueur|cantidad|numero total|tipo|fecha|datum|data|aantal|liczba";

/// Words at the beginning of one that do the same.
pub(super) const WHETHER: &str = "is|has|have|was|count|cnt|num|n|nb|total|avg|min|max|mean|sum|number of|no of|hash|hashed|allow|can|send|use|show|valid|anzahl|hat|ist";

/// What has a name, but is no person.
pub(super) const THINGS: &str = "product|file|event|table|job|project|team|department|dept|service|campaign|device|app|application|package|host|domain|class|method|model|brand|\
    item|category|country|state|region|station|sensor|plan|course|column|field|schema|database|db|server|machine|node|cluster|bucket|queue|topic|index|\
    process|task|module|function|variable|parameter|metric|feature|segment|store|shop|warehouse|channel|source|group|role|policy|rule|tag|label|color|song|\
    track|album|movie|film|book|game|ship|vessel|plant|species|gene|chemical|drug|medication|food|dish|display|short|long|code|symbol|currency|fund|index|\
    produkt|artikel|produit|producto|produto|prodotto|article|articulo|artigo|fichier|archivo|arquivo|datei|abteilung|projekt|proyecto|projeto|progetto";
