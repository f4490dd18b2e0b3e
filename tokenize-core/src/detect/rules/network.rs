//! Addresses of people and machines on networks.

use super::{Check, Finder, Kind, Rule};
use crate::detect::ip;

pub(super) const KINDS: &[Kind] = &[
    Kind {
        entity: "EMAIL_ADDRESS",
        regions: "",
        context: "email|e-mail|mail|courriel|correo|correo electrónico|e-mail-adresse|posta elettronica|adres e-mail|sähköposti|epost|メール",
        columns: "email address|mail address|emailaddress",
        rules: &[Rule::finder("email", Finder::Email)],
    },
    Kind {
        entity: "IP_ADDRESS",
        regions: "",
        context: "ip|ip address|ipv4|ipv6|host|client|server|remote addr|adresse ip|ip-adresse|dirección ip|indirizzo ip",
        columns: "ipaddr|ip addr|remote addr|client ip|src ip|dst ip",
        rules: &[
            Rule::shape("ipv4", r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}", Check::Loose(ip::v4), 70, 95),
            Rule::finder("ipv6", Finder::Ipv6),
        ],
    },
    Kind {
        entity: "MAC_ADDRESS",
        regions: "",
        context: "mac|mac address|hardware address|ethernet|hwaddr|bssid|wlan|wi-fi|wifi|mac-adresse|adresse mac|dirección mac|indirizzo mac",
        columns: "mac addr|macaddress|macaddr",
        rules: &[
            Rule::shape(
                "mac-hyphens",
                "(?i)[0-9a-f]{2}(?:-[0-9a-f]{2}){5}",
                Check::Custom(ip::mac),
                75,
                95,
            ),
            Rule::shape(
                "mac-dots",
                r"(?i)[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}",
                Check::Custom(ip::mac),
                75,
                95,
            ),
            Rule::shape("mac-bare", "(?i)[0-9a-f]{12}", Check::Custom(ip::mac_bare), 20, 75),
            Rule::finder("mac-colons", Finder::Mac),
        ],
    },
    Kind {
        entity: "URL",
        regions: "",
        context: "url|website|web site|homepage|link|site web|sitio web|sito web|webseite",
        columns: "uri|href|web|webpage",
        rules: &[
            Rule::finder("url", Finder::Url),
            Rule::finder("www", Finder::Www),
            Rule::finder("domain", Finder::BareUrl),
        ],
    },
];
