//! What stands where a secret would: placeholders, masks, and the words people write instead.

/// Whether a text holds the place of a secret.
pub(super) fn fills(text: &[u8]) -> bool {
    let mut distinct = [0_u64; 4];
    let (mut run, mut longest, mut last) = (0_usize, 0, None);
    for byte in text {
        if let Some(bits) = distinct.get_mut(usize::from(byte >> 6)) {
            *bits |= 1 << (byte & 63);
        }
        run = if last == Some(byte) { run + 1 } else { 1 };
        longest = longest.max(run);
        last = Some(byte);
    }
    let distinct: u32 = distinct.iter().map(|bits| bits.count_ones()).sum();
    let is_dull = text.len() >= 16 && distinct < 8;
    distinct < 4 || longest > 5 || is_dull || holds(text.get(..HEAD).unwrap_or(text), PLACEHOLDERS)
}

/// Whether a text holds one of some words, in any case; `|` parts them.
fn holds(text: &[u8], words: &str) -> bool {
    words.as_bytes().split(|byte| *byte == b'|').any(|word| {
        let first = word.first().copied().unwrap_or_default();
        text.windows(word.len()).any(|window| {
            window.first().is_some_and(|byte| byte | 0x20 == first | 0x20)
                && window.eq_ignore_ascii_case(word)
        })
    })
}

/// Whether a text is, in any case, one of some words; `|` parts them.
pub(super) fn is_one_of(text: &[u8], words: &str) -> bool {
    words.as_bytes().split(|byte| *byte == b'|').any(|word| text.eq_ignore_ascii_case(word))
}

/// Passwords so common that they are known as such, although they are words.
pub(super) fn is_common_password(text: &[u8]) -> bool {
    is_one_of(text, COMMON)
}

/// What a name is followed by where no secret is: types, states, messages, names of algorithms.
pub(super) fn is_no_value(text: &[u8]) -> bool {
    is_one_of(text, NO_VALUES)
}

/// Placeholders are short, or say so at the beginning.
const HEAD: usize = 96;

const PLACEHOLDERS: &str = "xxxx|****|....|...|\u{2026}|\u{2022}\u{2022}|your-|your_|yourp|yourt|yours|yourk|youra|<your|example|placeholder|redacted|insert|replace|dummy|_here|-here|todo|sample|masked|hidden|removed|filtered|not-a-|notreal|not_real|not-real|change-me|change_me|fill-in|fill_in|goes-here|my-secret|my_secret|mysecret|my-token|my_token|my-api|my_api|my-pass|my_pass|mypassword|notasecret|none";

const COMMON: &str = "123456|12345678|123456789|1234567890|1234|12345|111111|000000|123123|qwerty|qwertz|azerty|qwertyuiop|letmein|changeme|changeit|hunter2|iloveyou|dragon|monkey|football|baseball|sunshine|princess|superman|batman|trustno1|starwars|whatever|shadow|master|michael|jennifer|jordan|welcome|login|admin|administrator|root|toor|guest|passw0rd|p@ssword|p@ssw0rd|pa55word|supersecret|topsecret|secret|s3cret|s3cr3t|opensesame|abracadabra|correcthorse|passwort|geheim|hallo|schatz|motdepasse|soleil|contrasena|senha|wachtwoord|welkom|haslo|polska|minecraft|pokemon|cheese|summer|winter|spring|autumn|postgres|mysql|oracle|raspberry|ubnt|vagrant|tomcat|manager|swordfish|tequiero|juventus|matrix|freedom|ginger|pepper|killer|flower|cookie|banana|orange|purple|silver|hockey|soccer|ranger|hunter|buster|tigger|charlie|thomas|robert|jessica|ashley|daniel|andrea|nicole|maggie|joshua";

const NO_VALUES: &str = "string|str|text|varchar|char|bytes|byte|number|integer|int|float|boolean|bool|object|array|list|dict|map|any|optional|required|none|null|nil|undefined|void|true|false|yes|no|on|off|ok|empty|blank|unset|unknown|default|defaults|custom|disabled|enabled|invalid|valid|incorrect|correct|wrong|expired|missing|same|changed|reset|forgot|forgotten|prompt|ask|input|field|label|hash|hashed|encrypted|encoded|plain|plaintext|basic|bearer|digest|negotiate|oauth|oauth2|openid|jwt|apikey|session|cookie|header|query|body|path|file|env|environment|vault|keyring|keychain|manual|auto|automatic|generated|random|strong|weak|medium|low|high|short|long|public|private|secret|secrets|token|tokens|password|passwords|passwd|passphrase|passcode|credential|credentials|username|user|email|login|value|key|name|type|test|testing|sha1|sha256|sha-256|sha512|sha-512|md5|hmac|bcrypt|scrypt|argon2|argon2id|pbkdf2|base64|base32|utf8|utf-8|rsa2048|rs256|hs256|es256|aes256|aes-256|ed25519|x509|auth0|http1|http2|tls1|tls12|ipv4|ipv6|mfa|2fa|totp|sms|saml|ldap|kerberos|ntlm|scram-sha-256|mysql_native_password|passworddto|securestring|secretstr|secretstring|passwordfield|self|this|result|response|request|config|options|settings|params|args|data|details|passwort|kennwort|contrase\u{f1}a|mot de passe|senha|wachtwoord|has\u{142}o";
