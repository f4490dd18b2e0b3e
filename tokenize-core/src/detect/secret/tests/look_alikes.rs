//! What is no secret: code that speaks of secrets, placeholders, and noise that nothing announces.

use super::*;

#[test]
fn noise_without_a_cue() {
    for text in [
        "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7",
        "ETag: \"33a64df551425fcc55e4d42a148795d9f25f89d4\"",
        "id: 0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
        "integrity=\"sha384-oqVuAfXRKap7fdgcCY5uykM6R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC\"",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 user@host",
        "eyJmb28iOiJiYXIiLCJuIjoxfQ.eyJmb28iOiJiYXIiLCJuIjoxfQ.c2lnbmF0dXJlc2lnbmF0dXJl",
        "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "the header -----BEGIN RSA PRIVATE KEY----- begins a block of text in base64",
        "public_key: MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE7kX9",
        "X-Request-Id: 7f3c9a1b5d2e4f60",
        "version: 1.2.3-beta4+5f4dcc3b",
        "Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==",
        "https://hooks.example.com/services/T1/B2/abcdefgh12345678",
        "https://example.com/users/ghp_/AIza/sk-x",
        "task-1234567890abcdef key-value-store-12345678",
        "primary_key=7f3c9a1b5d2e4f607f3c9a1b5d2e4f60 cache_key=7f3c9a1b5d2e4f607f3c9a1b5d2e4f60",
    ] {
        check_none(text);
    }
}

#[test]
fn placeholders() {
    for text in [
        "password=${DB_PASSWORD}",
        "password: {{ vault_password }}",
        "password=<your-password>",
        "password: ********",
        "password=xxxxxxxx",
        "password = \"[REDACTED]\"",
        "api_key=YOUR_API_KEY_HERE",
        "api_key: \"your-api-key-1234567890\"",
        "token: <token>",
        "Authorization: Bearer <token>",
        "Authorization: Bearer ${TOKEN}",
        "Authorization: Bearer $TOKEN",
        "Authorization: Basic <credentials>",
        "Authorization: Basic realm",
        "password=%s",
        "password: %PASSWORD%",
        "secret: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "token=00000000000000000000000000000000",
        concat!("ghp_", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        concat!("AKIA", "XXXXXXXXXXXXXXXX"),
        concat!("sk_", "live_", "xxxxxxxxxxxxxxxxxxxxxxxx"),
        "postgres://user:password@localhost/db",
        "postgres://USER:PASSWORD@host/db",
        "https://${USER}:${PASS}@host/",
        "https://user:***@host.example.com/",
        "password: changed",
        "Password: required",
        "password: \"string\"",
    ] {
        check_none(text);
    }
}

#[test]
fn code() {
    for text in [
        "password: str",
        "password: String,",
        "token: Option<String>",
        "password: &'a str",
        "def login(user, password=None):",
        "password = os.environ[\"DB_PASSWORD\"]",
        "password = os.getenv('DB_PASSWORD')",
        "const token = process.env.GITHUB_TOKEN1;",
        "apiKey: config.services.api1.key",
        "password = getpass.getpass('Password2: ')",
        "token = generateToken(32)",
        "this.token = token;",
        "self.password = password2hash(password)",
        "secret = vec![42u8]",
        "token = tokens[:-1]",
        "if password == input2:",
        "password !== confirm2",
        "<input type=\"password\" name=\"password\" id=\"pw1\">",
        "\"password\": {\"type\": \"string\", \"minLength\": 8}",
        "secret: true",
        "secretName: db-credentials",
        "secretKeyRef:\n  name: db-secret-1",
        "password:\n  type: string",
        "tokens: 1234, max_tokens=4096, token_count: 17",
        "token_type=bearer&expires_in=3600",
        "next_token=7f3c9a1b5d2e4f607f3c9a1b5d2e4f60",
        "pub const LN_userPassword: &[u8]",
        "std::crypto::token::Kind1",
        "\"AWS::IAM::AccessKey\": \"72c2d9dd90025459\"",
        "private_key=/etc/ssl/private/server1.pem",
        "ssh_private_key: ~/.ssh/id_ed25519",
        "auth: oauth2",
        "password = f\"{registry_id}-auth-token1\"",
        "\"x-metadata-token\": self.AWS_IMDSV2_SESSION_TOKEN",
        "AUTH_URL=https://auth.example.com/v1/token",
        "bypass: 123456, compass=N42E17x",
        "pass: 12, fail: 3",
        "HEX_PAT = \"[0-9A-Fa-f]{1,4}\"",
    ] {
        check_none(text);
    }
}

#[test]
fn prose_and_logs() {
    for text in [
        "Forgot your password? Reset it at the help desk.",
        "Your password must have 8 characters.",
        "Password: at least 8 characters, one digit",
        "password expires: 2024-05-14",
        "The secret: practice. The key: patience.",
        "Authentication failed for user bob: invalid password",
        "2024-05-14T19:57:58Z WARN auth: token expired at 19:57:58",
        "Token: 1234567890",
        "secret santa: 2024-12-24",
        "contact password@example.com",
        "password: jane.doe@example.com",
        "the bearer of good news 12345678",
        "Basic 12345678 course",
        "monkey: 42 keys: 17 donkey=a1b2c3d4e5f6a7b8",
        "pw: 12.5 kW",
    ] {
        check_none(text);
    }
}
