//! Telephones.

use super::{By, Finder, Kind, Rule};

pub(super) const KINDS: &[Kind] = &[Kind {
    entity: "PHONE_NUMBER",
    regions: "",
    context: "phone|ph|alternate|called from|called me|call from|phoned|zap|llámame|llámeme|chiamami|chiamatemi|me liga|me ligue|rappelle|bel me|ring mig|連絡先|連絡先番号|phone number|phone no|telephone|tel|tel no|mobile|mobil|mob|cell|cellphone|cell phone|call|call me|call back|calling|dial|ring|fax|telefax|whatsapp|signal|sms|text me|hotline|helpline|voicemail|pager|landline|handset|toll free|contact number|reach me at|reach us at|telefon|telefonnummer|telefonnr|handy|handynummer|mobilnummer|mobiltelefon|festnetz|rufnummer|ruf|durchwahl|anrufen|rückruf|zurückrufen|erreichbar unter|téléphone|téléphones|tél|portable|mobiles|fixe|appeler|appelez|rappeler|rappelez|joindre|télécopie|teléfono|teléfonos|telefono|tlf|tfno|móvil|celular|llamar|llame|devolver la llamada|fijo|cellulare|cell|chiamare|chiama|richiamare|recapito|telefoon|telefoonnummer|mobiel|mobiele|bellen|terugbellen|bel|telefone|telefones|telemóvel|celulares|ligar|ligue|telefonu|komórka|komórkowy|kom|zadzwoń|dzwonić|oddzwonić|tfn|mobilnr|telefonnumre|ring|ringa|puhelin|puh|matkapuhelin|telefonszám|тел|телефон|моб|мобильный|τηλέφωνο|τηλ|κινητό|cep|gsm|telefón|電話|電話番号|携帯|携帯電話|携帯番号|お電話|ファックス|电话|电话号码|联系电话|手机|手机号|手机号码|電話號碼|手機|전화|전화번호|휴대폰|휴대전화|연락처|핸드폰|फ़ोन|फोन|मोबाइल|هاتف|جوال",
    columns: "phone no|phonenumber|phone num|phonenum|msisdn|contact no|contact num|contact phone|contactnumber|telephone number|telno|tel nr|mobileno|mobile no|cellno|faxno|fax no|fax number|home phone|work phone|caller|callee|caller id|ani|dnis|calling number|called number|téléphone portable|numéro de téléphone|rufnr|mobilfunk|nr telefonu|telefonnr|handynr",
    rules: &[Rule { name: "phone", by: By::Finder(Finder::Phone), score: 0, with_context: 85 }],
}];
