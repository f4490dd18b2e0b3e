//! The prefixes, with the lengths and alphabets of what follows.

use super::Alphabet::{self, Base32, Base62, Base64Url, Dotted, Hex};
use crate::detect::rules::Finder::{
    self, AwsAccessKey, GithubToken, GoogleKey, SecretToken, SlackToken,
};

/// Tokens of one form.
#[derive(Debug)]
pub(super) struct Vendor {
    pub(super) prefix: &'static str,
    pub(super) alphabet: Alphabet,
    /// The least and the most characters behind the prefix.
    pub(super) least: u16,
    pub(super) most: u16,
    pub(super) finder: Finder,
    /// In percent.
    pub(super) score: u8,
    /// Whether 36 characters end with a check sum.
    pub(super) has_sum: bool,
}

/// Those whose prefix begins with a byte, longer prefixes first.
pub(super) fn vendors(first: u8) -> impl Iterator<Item = &'static Vendor> {
    VENDORS.iter().filter(move |vendor| vendor.prefix.as_bytes().first() == Some(&first))
}

const fn vendor(
    prefix: &'static str,
    alphabet: Alphabet,
    (least, most): (u16, u16),
    finder: Finder,
    score: u8,
) -> Vendor {
    let has_sum = matches!(finder, GithubToken) || matches!(prefix.as_bytes(), b"npm_");
    Vendor { prefix, alphabet, least, most, finder, score, has_sum }
}

/// A bit for the first two characters of what may be a token: six bits of either.
pub(super) static HEADS: [u64; 64] = {
    let mut heads = [0; 64];
    let mut i = 0;
    while i < VENDORS.len() {
        let prefix = VENDORS[i].prefix.as_bytes();
        heads[(prefix[0] & 63) as usize] |= 1 << (prefix[1] & 63);
        i += 1;
    }
    // JWT; what the first digit of a number becomes in base64, for Discord.
    let others = [b"ey", b"MD", b"MT", b"Mj", b"Mz", b"ND", b"NT", b"Nj", b"Nz", b"OD", b"OT"];
    i = 0;
    while i < others.len() {
        heads[(others[i][0] & 63) as usize] |= 1 << (others[i][1] & 63);
        i += 1;
    }
    heads
};

/// Where two prefixes begin alike, the longer one stands first.
static VENDORS: &[Vendor] = &[
    // IAM's unique identifiers: access keys, temporary ones, bearer tokens of STS, credentials of services.
    vendor("AKIA", Base32, (16, 16), AwsAccessKey, 92),
    vendor("ASIA", Base32, (16, 16), AwsAccessKey, 92),
    vendor("ABIA", Base32, (16, 16), AwsAccessKey, 92),
    vendor("ACCA", Base32, (16, 16), AwsAccessKey, 90),
    vendor("ghp_", Base62, (36, 255), GithubToken, 92),
    vendor("gho_", Base62, (36, 255), GithubToken, 92),
    vendor("ghu_", Base62, (36, 255), GithubToken, 92),
    vendor("ghs_", Base62, (36, 255), GithubToken, 92),
    vendor("ghr_", Base62, (36, 255), GithubToken, 92),
    vendor("github_pat_", Base64Url, (60, 255), GithubToken, 94),
    vendor("xoxb-", Base64Url, (20, 400), SlackToken, 93),
    vendor("xoxp-", Base64Url, (20, 400), SlackToken, 93),
    vendor("xoxa-", Base64Url, (20, 400), SlackToken, 93),
    vendor("xoxr-", Base64Url, (20, 400), SlackToken, 93),
    vendor("xoxs-", Base64Url, (20, 400), SlackToken, 93),
    vendor("xoxo-", Base64Url, (20, 400), SlackToken, 90),
    vendor("xoxc-", Base64Url, (20, 400), SlackToken, 93),
    vendor("xoxd-", Base64Url, (20, 400), SlackToken, 90),
    vendor("xoxe-", Base64Url, (20, 400), SlackToken, 93),
    vendor("xoxe.", Base64Url, (20, 400), SlackToken, 93),
    vendor("xapp-", Base64Url, (20, 400), SlackToken, 93),
    vendor("xwfp-", Base64Url, (20, 400), SlackToken, 90),
    vendor("AIza", Base64Url, (35, 35), GoogleKey, 95),
    vendor("ya29.", Base64Url, (20, 2000), SecretToken, 92),
    vendor("GOCSPX-", Base64Url, (28, 28), SecretToken, 95),
    // Stripe, and Paystack and Clerk, which write theirs alike.
    vendor("sk_live_", Base62, (16, 247), SecretToken, 95),
    vendor("sk_test_", Base62, (16, 247), SecretToken, 92),
    vendor("rk_live_", Base62, (16, 247), SecretToken, 95),
    vendor("rk_test_", Base62, (16, 247), SecretToken, 92),
    vendor("whsec_", Base62, (24, 64), SecretToken, 90),
    vendor("sk-ant-", Base64Url, (20, 200), SecretToken, 95),
    vendor("sk-proj-", Base64Url, (20, 250), SecretToken, 95),
    vendor("sk-svcacct-", Base64Url, (20, 250), SecretToken, 95),
    vendor("sk-admin-", Base64Url, (20, 250), SecretToken, 92),
    vendor("sk-or-v1-", Hex, (64, 64), SecretToken, 95),
    vendor("sk-", Base62, (32, 64), SecretToken, 88),
    vendor("glpat-", Dotted, (20, 320), SecretToken, 95),
    vendor("glptt-", Base64Url, (20, 64), SecretToken, 95),
    vendor("gldt-", Base64Url, (20, 64), SecretToken, 93),
    vendor("glrt-", Dotted, (20, 64), SecretToken, 93),
    vendor("glcbt-", Base64Url, (20, 128), SecretToken, 93),
    vendor("glsoat-", Base64Url, (20, 64), SecretToken, 93),
    vendor("glagent-", Base64Url, (50, 50), SecretToken, 93),
    vendor("glft-", Base64Url, (20, 64), SecretToken, 90),
    vendor("npm_", Base62, (36, 36), SecretToken, 90),
    vendor("pypi-", Base64Url, (50, 1000), SecretToken, 95),
    vendor("hf_", Base62, (30, 40), SecretToken, 93),
    vendor("SG.", Dotted, (60, 72), SecretToken, 95),
    vendor("shpat_", Hex, (32, 32), SecretToken, 95),
    vendor("shpss_", Hex, (32, 32), SecretToken, 95),
    vendor("shpca_", Hex, (32, 32), SecretToken, 95),
    vendor("shppa_", Hex, (32, 32), SecretToken, 95),
    vendor("dop_v1_", Hex, (64, 64), SecretToken, 95),
    vendor("doo_v1_", Hex, (64, 64), SecretToken, 95),
    vendor("dor_v1_", Hex, (64, 64), SecretToken, 95),
    vendor("key-", Base62, (32, 32), SecretToken, 85),
    vendor("EAACEdEose0cBA", Base62, (20, 400), SecretToken, 95),
    vendor("EAA", Base62, (100, 400), SecretToken, 85),
    vendor("AGE-SECRET-KEY-1", Base62, (58, 58), SecretToken, 95),
    vendor("rubygems_", Hex, (48, 48), SecretToken, 95),
    vendor("nfp_", Base62, (36, 40), SecretToken, 90),
    vendor("dckr_pat_", Base64Url, (24, 40), SecretToken, 95),
    vendor("dckr_oat_", Base64Url, (24, 40), SecretToken, 95),
    vendor("lin_api_", Base62, (40, 40), SecretToken, 95),
    vendor("sntryu_", Hex, (64, 64), SecretToken, 95),
    vendor("sntrys_", Base64Url, (60, 400), SecretToken, 90),
    vendor("secret_", Base62, (43, 43), SecretToken, 85),
    vendor("ntn_", Base62, (40, 50), SecretToken, 90),
    vendor("figd_", Base64Url, (40, 60), SecretToken, 90),
    vendor("gsk_", Base62, (52, 52), SecretToken, 92),
    vendor("xai-", Base62, (80, 80), SecretToken, 92),
    vendor("r8_", Base62, (37, 40), SecretToken, 88),
    vendor("pplx-", Base62, (40, 56), SecretToken, 92),
    vendor("sq0atp-", Base64Url, (22, 22), SecretToken, 95),
    vendor("sq0csp-", Base64Url, (43, 43), SecretToken, 95),
    vendor("tskey-", Base64Url, (20, 80), SecretToken, 92),
    vendor("PMAK-", Base64Url, (59, 59), SecretToken, 95),
    vendor("ATATT3", Base64Url, (150, 240), SecretToken, 93),
    vendor("ATCTT3", Base64Url, (150, 240), SecretToken, 93),
    vendor("ATBB", Base62, (28, 32), SecretToken, 85),
    vendor("glsa_", Base64Url, (41, 41), SecretToken, 95),
    vendor("glc_", Base62, (32, 400), SecretToken, 88),
    vendor("hvs.", Base64Url, (24, 300), SecretToken, 93),
    vendor("hvb.", Base64Url, (24, 300), SecretToken, 93),
    vendor("dapi", Hex, (32, 32), SecretToken, 90),
    vendor("NRAK-", Base62, (27, 27), SecretToken, 93),
    vendor("LTAI", Base62, (16, 24), SecretToken, 85),
    vendor("AKID", Base62, (32, 32), SecretToken, 88),
    vendor("dp.pt.", Base62, (40, 44), SecretToken, 93),
    vendor("dp.st.", Dotted, (40, 80), SecretToken, 93),
    vendor("sl.", Base64Url, (130, 400), SecretToken, 85),
    vendor("CFPAT-", Base64Url, (43, 43), SecretToken, 95),
    vendor("shippo_live_", Hex, (40, 40), SecretToken, 95),
    vendor("shippo_test_", Hex, (40, 40), SecretToken, 92),
    vendor("pscale_tkn_", Dotted, (32, 64), SecretToken, 95),
    vendor("pscale_pw_", Dotted, (32, 64), SecretToken, 95),
    vendor("sgp_", Base64Url, (40, 64), SecretToken, 90),
    vendor("pul-", Hex, (40, 40), SecretToken, 92),
    vendor("xkeysib-", Base64Url, (81, 81), SecretToken, 95),
    vendor("sbp_", Hex, (40, 40), SecretToken, 93),
    vendor("sb_secret_", Base64Url, (22, 44), SecretToken, 93),
    vendor("phx_", Base62, (40, 48), SecretToken, 90),
    vendor("bkua_", Hex, (40, 40), SecretToken, 93),
    vendor("EZAK", Base62, (54, 54), SecretToken, 92),
    vendor("EZTK", Base62, (54, 54), SecretToken, 90),
    vendor("oy2", Base62, (43, 43), SecretToken, 88),
    vendor("SK", Hex, (32, 32), SecretToken, 70),
];
