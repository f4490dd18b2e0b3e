//! Which file an input becomes: by names and what is on disk already, before anything is opened.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tokenize_core::{FileFormat, IoError, Stores, UrlProblem, is_single_file, side_path};

use crate::error::{CliError, Verb};

/// An input file, and where its output goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) input: PathBuf,
    /// `None` if nothing is to be written.
    pub(crate) output: Option<PathBuf>,
    output_format: Option<FileFormat>,
    /// The directory that the output lies in, if it does not exist yet.
    missing: Option<PathBuf>,
}

impl Job {
    /// Names the output of an input.
    ///
    /// # Errors
    /// The input or the output is not what this version takes.
    pub(crate) fn new(
        input: &Path,
        out: Option<&Path>,
        input_format: Option<FileFormat>,
        output_format: Option<FileFormat>,
    ) -> Result<Self, FilesError> {
        // First of all, since a wrong URL may hold what no message should show.
        [Some(input), out].into_iter().flatten().try_for_each(refuse_wrong_url)?;
        refuse_unknown(input, input_format)?;
        let job =
            |output, missing| Self { input: input.to_owned(), output, output_format, missing };
        let Some(out) = out else { return Ok(job(None, None)) };
        if is_directory(out) {
            let name = input.file_name().unwrap_or_default();
            // Stores have no directories.
            let missing = (!is_url(out) && !out.exists()).then(|| out.to_owned());
            return Ok(job(Some(out.join(name)), missing));
        }
        let is_told = output_format.is_some() || FileFormat::of_name(out).is_some();
        if !is_told && !is_standard(out) {
            return Err(FilesError::OutputName { path: out.to_owned() });
        }
        Ok(job(Some(out.to_owned()), None))
    }

    /// Refuses an output that is there already, and one that is the input; its side file too, where the run may write one.
    ///
    /// # Errors
    /// [`IoError::Overwrite`], [`IoError::Exists`], [`IoError::SideFileExists`], and what a store says.
    pub(crate) fn refuse_taken(
        &self,
        replace: bool,
        side_files: bool,
        stores: &Stores,
    ) -> Result<(), IoError> {
        let Some(output) = self.output.as_ref().filter(|output| !is_standard(output)) else {
            return Ok(());
        };
        let is_there = |path: &Path| match is_url(path) {
            true => stores.exists(path),
            false => Ok(path.symlink_metadata().is_ok()),
        };
        let same = |output: PathBuf| self.input.canonicalize().is_ok_and(|input| input == output);
        if self.input == *output || output.canonicalize().is_ok_and(same) {
            return Err(IoError::Overwrite { path: output.clone() });
        }
        if output.is_dir() || (!replace && is_there(output)?) {
            return Err(IoError::Exists { path: output.clone() });
        }
        let side = side_path(output);
        let format = self.output_format.or_else(|| FileFormat::of_name(output));
        let has_side_file = side_files || format.is_some_and(FileFormat::needs_side_file);
        if has_side_file && !replace && is_there(&side)? {
            return Err(IoError::SideFileExists { path: side });
        }
        Ok(())
    }

    /// Makes the directory of the output, if there is none.
    ///
    /// # Errors
    /// [`IoError::System`].
    pub(crate) fn make_directory(&self) -> Result<(), IoError> {
        let Some(path) = &self.missing else { return Ok(()) };
        match fs::create_dir(path) {
            Err(source) if source.kind() != io::ErrorKind::AlreadyExists => {
                Err(IoError::System { doing: "create", path: path.clone(), source })
            }
            _ => Ok(()),
        }
    }

    /// Removes the directory that was made if nothing has come into it.
    pub(crate) fn remove_empty_directory(&self) {
        if let Some(path) = &self.missing {
            // Fails, as it should, where there is something in it.
            let _ = fs::remove_dir(path);
        }
    }
}

/// Refuses inputs that cannot be read one after the other.
///
/// # Errors
/// An input is not what this version takes.
pub(crate) fn check_inputs(
    inputs: &[PathBuf],
    format: Option<FileFormat>,
) -> Result<(), FilesError> {
    inputs.iter().try_for_each(|input| refuse_unknown(input, format))?;
    if inputs.len() > 1 && inputs.iter().any(|input| is_standard(input)) {
        return Err(FilesError::NotAlone);
    }
    Ok(())
}

/// Whether one of inputs stands for several files, all of which are looked at as one table.
///
/// # Errors
/// As [`is_dataset`].
pub(crate) fn has_many(verb: Verb, inputs: &[PathBuf], stores: &Stores) -> Result<bool, CliError> {
    let is_many = |input: &PathBuf| is_dataset(verb, std::slice::from_ref(input), None, stores);
    let many: Vec<bool> = inputs.iter().map(is_many).collect::<Result<_, _>>()?;
    Ok(many.contains(&true))
}

/// Whether inputs are a dataset, which goes into a directory or a prefix: several, a directory, a prefix, or a pattern.
///
/// # Errors
/// [`FilesError::WrongUrl`], and [`FilesError::NotAlone`] for a dataset with a standard stream in it, or as its output; what a store says.
pub(crate) fn is_dataset(
    verb: Verb,
    inputs: &[PathBuf],
    out: Option<&Path>,
    stores: &Stores,
) -> Result<bool, CliError> {
    // First of all, since a wrong URL may hold what no message should show.
    inputs.iter().map(PathBuf::as_path).chain(out).try_for_each(refuse_wrong_url)?;
    if let [input] = inputs {
        let of_io = |error: IoError| CliError::of_file(verb, input)(error.into());
        if is_standard(input) || is_single_file(input, stores).map_err(of_io)? {
            return Ok(false);
        }
    }
    if inputs.iter().any(|input| is_standard(input)) || out.is_some_and(is_standard) {
        return Err(FilesError::NotAlone.into());
    }
    Ok(true)
}

/// Why the files named cannot be those of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FilesError {
    Mixed,
    NotAlone,
    OtherFormat { path: PathBuf },
    NotResumable,
    OutputName { path: PathBuf },
    StandardStream,
    Url { path: PathBuf },
    WrongUrl { path: PathBuf, problem: UrlProblem },
}

impl FilesError {
    /// The next step.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::Mixed => "leave out --json, or write to a file",
            Self::NotAlone => "give one input, or name files",
            Self::OtherFormat { .. } => {
                "say it: --input-format parquet, arrow, arrow-stream, csv, ndjson or text"
            }
            Self::NotResumable => "leave out --resume; a file is written whole or not at all",
            Self::OutputName { .. } => {
                "name a file that ends in .parquet, .arrow, .csv, .ndjson, .txt or the like, give --output-format, or name a directory that exists or one to be made with a / at the end"
            }
            Self::StandardStream => "name a file",
            Self::Url { .. } => "name a file; only data may be in a store",
            Self::WrongUrl { .. } => {
                "name an object, as in s3://bucket/folder/data.parquet; credentials come from the environment"
            }
        }
    }
}

impl std::fmt::Display for FilesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Mixed => f.write_str("--json and --out - would both write to standard output"),
            Self::NotAlone => f.write_str("-: stands for one stream, and there are several files"),
            Self::OtherFormat { path } => {
                write!(f, "{}: its name does not tell its format", path.display())
            }
            Self::NotResumable => {
                f.write_str("--resume goes on with a dataset, and this is one file")
            }
            Self::OutputName { path } => {
                write!(
                    f,
                    "--out {}: neither a directory nor a name that tells a format",
                    path.display()
                )
            }
            Self::StandardStream => f.write_str("-: cannot be a standard stream here"),
            Self::Url { path } => {
                write!(f, "{}: cannot be a URL here", path.display())
            }
            Self::WrongUrl { path, problem } => write!(f, "{}: {problem}", path.display()),
        }
    }
}

fn refuse_unknown(input: &Path, format: Option<FileFormat>) -> Result<(), FilesError> {
    match format.or_else(|| FileFormat::of_name(input)) {
        Some(_) => Ok(()),
        None => Err(FilesError::OtherFormat { path: input.to_owned() }),
    }
}

/// Refuses what is no file of this system.
///
/// # Errors
/// [`FilesError::StandardStream`], [`FilesError::Url`].
pub(crate) fn refuse_elsewhere(path: &Path) -> Result<(), FilesError> {
    if is_standard(path) {
        return Err(FilesError::StandardStream);
    }
    refuse_url(path)
}

/// Refuses to share standard output between data and a report.
///
/// # Errors
/// [`FilesError::Mixed`].
pub(crate) fn check_standard(is_standard: bool, json: bool) -> Result<(), FilesError> {
    if is_standard && json { Err(FilesError::Mixed) } else { Ok(()) }
}

/// Whether a path stands for standard input or output.
pub(crate) fn is_standard(path: &Path) -> bool {
    path == "-"
}

fn refuse_url(path: &Path) -> Result<(), FilesError> {
    if is_url(path) { Err(FilesError::Url { path: path.to_owned() }) } else { Ok(()) }
}

fn refuse_wrong_url(path: &Path) -> Result<(), FilesError> {
    match Stores::is_url(path) {
        Err(IoError::Url { path, problem }) => Err(FilesError::WrongUrl { path, problem }),
        _ => Ok(()),
    }
}

/// Whether a path is no file's.
fn is_url(path: &Path) -> bool {
    Stores::is_url(path).unwrap_or(true)
}

/// Whether an output is meant as a directory.
fn is_directory(out: &Path) -> bool {
    out.is_dir() || out.to_string_lossy().ends_with(std::path::is_separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(input: &str, out: &str) -> Result<Option<PathBuf>, FilesError> {
        Ok(Job::new(Path::new(input), Some(Path::new(out)), None, None)?.output)
    }

    #[test]
    fn outputs_are_named_after_inputs() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().to_str().unwrap();
        let named = |input: &str, out: &str| output(input, out).unwrap().unwrap();
        assert_eq!(named("a/x.parquet", "y.parquet"), PathBuf::from("y.parquet"));
        assert_eq!(named("a/x.PARQUET", there), folder.path().join("x.PARQUET"));
        assert_eq!(named("a/x.parquet", "new/"), PathBuf::from("new/x.parquet"));
    }

    #[test]
    fn datasets_are_told_from_files() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().to_str().unwrap();
        let is = |inputs: &[&str], out: &str| {
            let inputs: Vec<PathBuf> = inputs.iter().map(PathBuf::from).collect();
            let is = is_dataset(Verb::Mask, &inputs, Some(Path::new(out)), &Stores::default());
            is.map_err(|error| match error {
                CliError::Files(error) => error,
                error => panic!("{error}"),
            })
        };
        assert_eq!(is(&["x.csv"], "-"), Ok(false));
        assert_eq!(is(&["-"], "-"), Ok(false));
        for inputs in [&["x.csv", "y.csv"][..], &[there], &["no/*.csv"]] {
            assert_eq!(is(inputs, "out"), Ok(true));
            assert_eq!(is(inputs, "-"), Err(FilesError::NotAlone));
        }
        assert_eq!(is(&["x.csv", "-"], "out"), Err(FilesError::NotAlone));
        for inputs in [&["s3://x/y.csv", "z.csv"][..], &["s3://x/"], &["s3://x"], &["s3://x/*.csv"]]
        {
            assert_eq!(is(inputs, "s3://x/out"), Ok(true), "{inputs:?}");
        }
        assert_eq!(is(&[there], "s3://x/"), Ok(true));
        for (wrong, shown) in [("s3://x/x?key=1", "s3://x/x"), ("s3://key@x/x", "s3://x/x")] {
            for refused in [is(&[wrong], "y.csv"), is(&["y.csv"], wrong)] {
                let Err(FilesError::WrongUrl { path, .. }) = refused else { panic!("{refused:?}") };
                assert_eq!(path, Path::new(shown));
            }
        }
    }

    #[test]
    fn what_is_not_supported_is_refused_by_name() {
        let refused = |input: &str, out: &str| output(input, out).unwrap_err();
        assert!(matches!(refused("-", "y.csv"), FilesError::OtherFormat { .. }));
        assert!(matches!(refused("x.json", "y.parquet"), FilesError::OtherFormat { .. }));
        assert!(matches!(refused("x", "y.parquet"), FilesError::OtherFormat { .. }));
        assert!(matches!(refused("x.parquet", "y.xml"), FilesError::OutputName { .. }));
        let inputs = |inputs: &[&str]| {
            let inputs: Vec<PathBuf> = inputs.iter().map(PathBuf::from).collect();
            check_inputs(&inputs, None).unwrap_err()
        };
        assert!(matches!(inputs(&["x.csv", "-"]), FilesError::OtherFormat { .. }));
    }
}
