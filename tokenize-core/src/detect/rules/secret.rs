//! Secrets. Their forms and checks are in [`crate::detect::secret`].

use super::{Finder, Kind, Rule};

pub(super) const KINDS: &[Kind] = &[
    Kind {
        entity: "JWT",
        regions: "",
        context: "jwt|json web token|bearer|id token|access token",
        columns: "",
        rules: &[secret("jwt", Finder::Jwt)],
    },
    Kind {
        entity: "AWS_ACCESS_KEY",
        regions: "",
        context: "aws|amazon|access key|aws access key id",
        columns: "",
        rules: &[secret("aws-access-key", Finder::AwsAccessKey)],
    },
    Kind {
        entity: "GITHUB_TOKEN",
        regions: "",
        context: "github|gh token",
        columns: "",
        rules: &[secret("github-token", Finder::GithubToken)],
    },
    Kind {
        entity: "SLACK_TOKEN",
        regions: "",
        context: "slack",
        columns: "",
        rules: &[secret("slack-token", Finder::SlackToken)],
    },
    Kind {
        entity: "GOOGLE_API_KEY",
        regions: "",
        context: "google|gcp|firebase|maps",
        columns: "",
        rules: &[secret("google-key", Finder::GoogleKey)],
    },
    Kind {
        entity: "PRIVATE_KEY",
        regions: "",
        context: "private key|pem|ssh key",
        columns: "",
        rules: &[secret("pem", Finder::PrivateKey)],
    },
    Kind {
        entity: "GENERIC_SECRET",
        regions: "",
        context: "secret|password|passwort|token|api key|apikey|credential|authorization|passphrase",
        columns: "passwd|pwd|client secret|access token|auth token|refresh token",
        rules: &[
            secret("secret-token", Finder::SecretToken),
            secret("assignment", Finder::SecretAssignment),
        ],
    },
];

/// Words nearby raise no secret: a name before it is what finds one, and has been weighed.
const fn secret(name: &'static str, finder: Finder) -> Rule {
    Rule { with_context: 1, ..Rule::finder(name, finder) }
}
