//! What hangs on a KEK file, said where one comes into use.

use tokenize_core::keys::{Keyring, KmsReference, Root};

use crate::out::Out;

/// Says what depends on the KEK files that wrap these root keys.
pub(super) fn warn_of_loss(keyring: &Keyring, roots: &[Root], out: &mut Out) {
    let kek = |kms: &KmsReference| {
        (kms.scheme() == "local").then(|| keyring.base().join(kms.locator()).display().to_string())
    };
    let (kms, reveal_kms) = (keyring.kms(), keyring.reveal_kms());
    if let (Some(kek), true) = (kek(reveal_kms), roots.contains(&Root::Reveal)) {
        out.say(format_args!(
            "warning: whoever loses {kek} loses the masked data, and whoever reads it can unmask it: back it up, away from the data"
        ));
    }
    if let (Some(kek), true) = (kek(kms), roots.contains(&Root::Pseudonym) && kms != reveal_kms) {
        out.say(format_args!(
            "warning: whoever loses {kek} can never make the same pseudonyms again, and whoever reads it can try which values they stand for: back it up, away from the data"
        ));
    }
}
