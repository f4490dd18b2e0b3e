//! What names, headers and URLs say is secret.

use super::*;

/// Names before a password, and what parts them.
const PASSWORDS: [&str; 58] = [
    "password={}",
    "password: {}",
    "Password: {}",
    "PASSWORD={}\n",
    "DB_PASSWORD={}",
    "export PGPASSWORD='{}'",
    "spring.datasource.password={}",
    "password = {}\n",
    "passwd: \"{}\"",
    "pwd={};",
    "{\"user\":\"bob\",\"password\":\"{}\"}",
    "{\\\"password\\\":\\\"{}\\\"}",
    "userPassword: '{}',",
    "db_password_prod: {}",
    "password1={}",
    "Server=db;User Id=sa;Password={};Encrypt=yes",
    "jdbc:mysql://db/x?user=a&password={}&ssl=1",
    "user=a&password={}",
    "mysql --user=root --password={} x",
    "tool --password {} x",
    "tool --password \"{}\" x",
    "<password>{}</password>",
    "<user name=\"a\" password=\"{}\"/>",
    "<add key=\"Password\" value=\"{}\" />",
    "- name: DB_PASSWORD\n  value: {}\n",
    "{\"name\":\"ADMIN_PASSWORD\",\"value\":\"{}\"}",
    "password: str = \"{}\"",
    "const password: string = '{}';",
    "$config['password'] = '{}';",
    "os.environ[\"PASSWORD\"] = \"{}\"",
    "'password' => '{}',",
    "password := `{}`",
    "String password = \"{}\";",
    "machine x.invalid login bob password {}",
    "ALTER USER bob WITH PASSWORD '{}';",
    "my password is {}",
    "The new password is: {}",
    "Password:\n{}",
    "**Password:** {}",
    "<b>Password:</b> {}",
    "Login: bob / Password: {}",
    "passphrase: {}",
    "pass: {}",
    "Passwort: {}",
    "Ihr Kennwort: {}",
    "Das Passwort lautet: {}",
    "mot de passe : {}",
    "Mot de passe: {}",
    "contraseña: {}",
    "Contrasena={}",
    "senha: {}",
    "wachtwoord: {}",
    "hasło: {}",
    "lösenord: {}",
    "пароль: {}",
    "密码：{}",
    "パスワード: {}",
    "비밀번호: {}",
];

/// The same, mangled.
const TWINS: [&str; 12] = [
    "password\u{ff1a}{}",
    "password\u{ff1d}{}",
    "password:\u{a0}{}",
    "pass\u{200b}word: {}",
    "password:\t{}",
    "password:   {}",
    "password: \u{201c}{}\u{201d}",
    "password: «{}»",
    "&quot;password&quot;: &quot;{}&quot;",
    "x\\npassword={}\\ny",
    "{\\\\\\\"password\\\\\\\": \\\\\\\"{}\\\\\\\"}",
    "Password : '{}'",
];

#[test]
fn passwords() {
    for password in ["Tr0ub4dor!3", "hunter22", "kX9#mPq2", "S0mmer2024!", "blau-Wal7+rot"] {
        for place in PASSWORDS.iter().chain(&TWINS) {
            check("GENERIC_SECRET", place, password);
        }
    }
    let found = check("GENERIC_SECRET", "password: {}", "pass\u{200b}Wort77!");
    assert!(found.score >= 0.75);
}

#[test]
fn words_are_weak_passwords() {
    for text in ["password: {}", "password=\"{}\""] {
        let found = check("GENERIC_SECRET", text, "changeme");
        assert!(found.score < 0.6);
    }
    check("GENERIC_SECRET", "{\"password\":\"{}\"}", "butterblume");
    check("GENERIC_SECRET", "password=\"{}\"", "834729");
    check("GENERIC_SECRET", "passphrase: \"{}\"", "stapel pferd batterie korrekt");
}

#[test]
fn commands_tables_and_sentences() {
    let secret = format!("{}7xQ{}", noise(LETTERS, 6, 3), noise(BASE62, 8, 4));
    for place in [
        "curl -u admin:{} https://internal/x",
        "mysql -u root -p{} -h db01",
        "docker login -u ci -p {} registry",
        "name,value\nregion,eu-west-1\ndb_password,{}",
        "user,password\njane,{}\n",
        "la contraseña es {}",
        "variable \"db_password\" {\n  default = \"{}\"\n}",
    ] {
        check("GENERIC_SECRET", place, &secret);
    }
    check_none(&format!("ssh -p {secret} host, scp -u {secret}:x"));
}

/// Names before keys and tokens.
const TOKENS: [&str; 28] = [
    "api_key={}",
    "apiKey: '{}'",
    "API key: {}",
    "X-Api-Key: {}",
    "\"client_secret\": \"{}\"",
    "AWS_SECRET_ACCESS_KEY={}",
    "aws_secret_access_key = {}",
    "secret: {}",
    "SECRET_KEY_BASE={}",
    "access_token={}&x=1",
    "https://x.invalid/cb#access_token={}&x=1",
    "refreshToken: \"{}\"",
    "_authToken={}",
    "token = \"{}\"",
    "let token: String = \"{}\";",
    "AccountName=a;AccountKey={};EndpointSuffix=core",
    "SharedAccessKey={}",
    "https://x.blob.core.windows.net/a?sv=1&sig={}&se=2",
    "Authorization: Bearer {}",
    "authorization: bearer {}",
    "curl -H 'Authorization: token {}' x",
    "{\"Authorization\": \"Bearer {}\"}",
    "send it with Bearer {}",
    "tool --api-key {} x",
    "<apiKey>{}</apiKey>",
    "signing_key: {}",
    "encryptionKey\u{ff1a}{}",
    "credentials: \"{}\"",
];

#[test]
fn tokens() {
    for secret in
        [noise(BASE62, 40, 1), noise(HEX, 32, 2), noise(BASE62, 24, 3), noise(BASE32, 32, 4)]
    {
        for place in TOKENS {
            let found = check("GENERIC_SECRET", place, &secret);
            assert!(found.score >= 0.65);
        }
    }
    let example = concat!("wJalrXUtnFEMI", "/K7MDENG/", "bPxRfiCY", "EXAMPLEKEY");
    assert!(check("GENERIC_SECRET", "aws_secret_access_key = {}", example).reserved);
    check("GENERIC_SECRET", "HEROKU_API_KEY={}", "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d");
}

#[test]
fn basic() {
    // bob:Tr0ub4dor, and the example of RFC 7617.
    let pair = concat!("Ym9iOlRy", "MHViNGRvcg==");
    for place in [
        "Authorization: Basic {}",
        "'Authorization': 'Basic {}'",
        "-H \"authorization: basic {}\"",
        "Proxy-Authorization: Basic {}\r\n",
        "{\"auth\":\"Basic {}\"}",
    ] {
        check("GENERIC_SECRET", place, pair);
    }
    let example = concat!("QWxhZGRpbjpv", "cGVuIHNlc2FtZQ==");
    assert!(check("GENERIC_SECRET", "Authorization: Basic {}", example).reserved);
}

#[test]
fn users_of_urls() {
    for place in [
        "postgres://{}@db.example.com:5432/x",
        "postgresql://{}@10.0.0.1/x?sslmode=require",
        "https://{}@git.example.org/r.git",
        "DATABASE_URL=mysql://{}@localhost:3306/x",
        "mongodb+srv://{}@c0.mongodb.net/a",
        "amqp://{}@mq",
        "\"redis://{}@cache:6379/0\"",
        "ftp://{}@files.example.net/",
        "jdbc:postgresql://{}@h/d",
        "smtp://{}@mail.example.org:587",
        "proxy http\u{ff1a}//{}@p.example.com",
        "https:\\/\\/x, then https://{}@y.example.com",
    ] {
        check("GENERIC_SECRET", place, "bob:s3cr3tPa55");
        check("GENERIC_SECRET", place, ":s3cr3tPa55");
        check("GENERIC_SECRET", place, "bob:p@55w0rd9");
    }
}
