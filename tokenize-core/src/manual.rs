//! Why things are as they are: reasons for the defaults, and what went wrong elsewhere.
//!
//! Documentation only; there is no code here. It ships with the release that it describes, so that a reason and the thing it is a
//! reason for do not drift apart. What each action leaks is in `docs/threat-model.md` and, for one policy, in
//! [`Policy::explain`](crate::Policy::explain); the exact bytes are in `docs/format.md`.
//!
//! # Reasons for the defaults
//!
//! **A column that no rule names stops the run** (`unlisted: deny`). Tables grow. A policy that lets new columns through works until the
//! day somebody adds `emergency_contact`, and then it fails without a sound. Who wants otherwise says `drop` or `keep`, once.
//!
//! **A value that does not fit stops the run** (`on_invalid: fail`). The alternatives are to pass it, which leaks it; to encrypt it some other
//! way, which makes a column of two kinds that nobody asked for; or to lose it, which should be a decision. Values are lost only
//! where a rule says so, and then they are counted in the report and in the manifest.
//!
//! **`encrypt` is randomized.** Equality is information, and often the most telling: it is what frequency analysis works on. An action that
//! shows it has to be asked for, by name: `mode: deterministic`, `tokenize`, `pseudonymize`.
//!
//! **Generic formats and pseudonyms must name a domain.** If the column's name were the domain, the `id` of customers and the `id` of
//! invoices would match, by accident and for ever. Formats that say what a value is (an e-mail address is one everywhere) may default to their name,
//! because there a match is the point.
//!
//! **The same middle under another issuer is another token.** What a format keeps in clear (the first digits of a card, the mail
//! domain, the country of an IBAN) enters the tweak. Otherwise equal accounts at two banks would show, and small classes would share one table.
//!
//! **An action's key is its own.** Every use takes a subkey by HKDF from one of two root keys. Two, so that pseudonyms can be
//! made by a service that is not allowed to reverse anything: see [`keys::Root`](crate::keys::Root).
//!
//! **Rotation is three calls**, [`add`](crate::Keyring::add), [`promote`](crate::Keyring::promote), [`disable`](crate::Keyring::disable). One call that
//! does all three cannot be half done, and half done is what a rotation has to be while readers and writers catch up.
//!
//! **What cannot follow a rotation is named.** [`remask_file`](crate::remask_file) brings tokens to the primary version, by way of the values and in
//! memory only. Pseudonyms have no way back, so they are refused, or left under their version if the caller says so; never dropped, and never
//! pseudonymized a second time, which would join with nothing. A file that is there already is not written again: a job that goes over all files
//! every night costs what has changed.
//!
//! **Unmasking needs no policy.** The masked data says what was done to it, under a MAC. A policy kept beside the data goes missing,
//! or, worse, is edited: the wrong format or key version would not fail but give wrong values.
//!
//! **A key version is never guessed.** FF1 is a permutation: every key gives some value for every token. Where metadata is
//! lost and the keyring has had more than one version, the caller says which one it was; see
//! [`PlanFaultKind::MissingKeyVersion`](crate::PlanFaultKind::MissingKeyVersion).
//!
//! **A subject is taken after masking.** A shifted date must come back with the masked row alone. If the shift hung on the plain
//! subject, the subject would have to be unmasked first, and a one-way subject could never be.
//!
//! **Check digits are recomputed, not hunted for.** Repeating a cipher until the result passes Luhn takes ten rounds on average, takes a
//! different time for each value, and wastes nine tenths of the domain. Leaving the check digit out of the payload costs nothing.
//!
//! **Nulls stay null and empty stays empty.** A null that is turned into a token becomes a value that somebody has. Which cells are
//! null shows, therefore; a column where that matters is one to drop.
//!
//! **`age_band` needs `as_of`.** With the clock of the machine the same file would mask differently next year, and a rerun could not be compared.
//!
//! **Masking a masked column is refused.** Twice masked looks like once masked, and unmasks to a token.
//!
//! # Lessons from elsewhere
//!
//! **A hash is not a secret.** In 2014 New York City released 173 million taxi trips with medallion numbers under MD5. There are some twenty million
//! such numbers; hashing all of them took minutes. Pseudonyms here are keyed, and the documentation still says what the holder
//! of the key can do.
//!
//! **Pseudonyms do not hide what is beside them.** AOL's search logs of 2006 had numbers for names, and the searches themselves said whose they
//! were. The Netflix ratings of 2006 were matched with public reviews (Narayanan and Shmatikov, 2008). Sweeney found that ZIP code, date of birth
//! and sex single out most people in the United States (2000). No action can mend that column by column; `generalize` and `drop` are here because
//! the best protected value is one that is not there.
//!
//! **Deterministic columns fall to counting.** Naveed, Kamara and Wright (2015) recovered most of several columns of hospital records
//! from deterministic and order-preserving encryption, with public statistics and no key. Adobe's password list of 2013, encrypted in ECB
//! mode, was solved like a crossword. No keyed action here preserves order from one person to the next; equality is preserved where it is asked for, and `policy explain` says so beside each rule.
//!
//! **Small domains break Feistel ciphers.** FF3 fell to Durak and Vaudenay (2017), FF3-1 to Beyne (2021), and NIST's 2025 draft has
//! neither. Hoang, Tessaro and Trieu (2018) attack every Feistel scheme on domains that are small enough. Hence FF1 alone, hence the floor of a million,
//! and hence an exact permutation, asked for by name, where a domain is smaller. A library that quietly pads, shortens or passes such values is a
//! leak with good test coverage.
//!
//! **A repeated nonce is fatal to AES-GCM**: it gives away the difference of two plaintexts and the key of the authenticator. In a table of a thousand
//! million cells, random 96-bit nonces are close to their limit. AES-GCM-SIV (RFC 8452) loses only equality in that case; and a data key is given up after 2^32 cells.
//!
//! **Files remember.** A Parquet footer holds the smallest and the largest value of each column chunk, dictionaries hold every value once, and pandas
//! and Spark keep notes of their own. Tools that rewrite pages but copy the rest publish what they were to hide. Output files are written
//! from masked batches alone, and foreign metadata passes by allowlist.
//!
//! **Error messages travel.** They go into logs, tickets and chats that nobody masks. Parsers like to quote what they could not
//! parse. Errors here name the place and stop; the texts of the readers beneath are thrown away. [`Error`](crate::Error) shows what remains.
//!
//! **Type changes break joins in silence.** A column of integers that became floats because of one null, a ZIP code that lost its zero, a
//! time stamp that moved to local time: each gives another token for the same thing. Canonical values are defined by type
//! (`docs/format.md`, section 3), and types without one, floats above all, are refused as pseudonyms.
