//! Which file each input becomes: by names and what is on disk already, before anything is opened.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tokenize_core::{FileFormat, IoError, Stores, UrlProblem, side_path};

/// An input, and where its output goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) input: PathBuf,
    /// `None` if nothing is to be written.
    pub(crate) output: Option<PathBuf>,
}

/// The files of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Jobs {
    pub(crate) jobs: Vec<Job>,
    output_format: Option<FileFormat>,
    /// The directory that the outputs lie in, if it does not exist yet.
    missing: Option<PathBuf>,
}

impl Jobs {
    /// Names the output of each input.
    ///
    /// # Errors
    /// An input or the output is not what this version takes.
    pub(crate) fn new(
        inputs: &[PathBuf],
        out: Option<&Path>,
        input_format: Option<FileFormat>,
        output_format: Option<FileFormat>,
    ) -> Result<Self, FilesError> {
        // First of all, since a wrong URL may hold what no message should show.
        inputs.iter().map(PathBuf::as_path).chain(out).try_for_each(refuse_wrong_url)?;
        inputs.iter().try_for_each(|input| refuse_unsupported(input, input_format))?;
        if inputs.len() > 1 && inputs.iter().any(|input| is_standard(input)) {
            return Err(FilesError::NotAlone);
        }
        let all = |jobs, missing| Self { jobs, output_format, missing };
        let Some(out) = out else {
            let jobs = inputs.iter().map(|input| Job { input: input.clone(), output: None });
            return Ok(all(jobs.collect(), None));
        };
        if let [input] = inputs
            && !is_directory(out)
        {
            let is_told = output_format.is_some() || FileFormat::of_name(out).is_some();
            if !is_told && !is_standard(out) {
                return Err(FilesError::OutputName { path: out.to_owned() });
            }
            let job = Job { input: input.clone(), output: Some(out.to_owned()) };
            return Ok(all(vec![job], None));
        }
        if is_standard(out) {
            return Err(FilesError::NotAlone);
        }
        if !is_url(out) && out.exists() && !out.is_dir() {
            return Err(FilesError::OutputIsFile { path: out.to_owned() });
        }
        let mut names = HashSet::new();
        let mut jobs = Vec::new();
        for input in inputs {
            let name = input.file_name().unwrap_or_default();
            if !names.insert(name) {
                return Err(FilesError::SameName { name: name.into() });
            }
            jobs.push(Job { input: input.clone(), output: Some(out.join(name)) });
        }
        // Stores have no directories.
        Ok(all(jobs, (!is_url(out) && !out.exists()).then(|| out.to_owned())))
    }

    /// Refuses outputs that are there already, and outputs that are inputs; side files too, where the run may write some.
    ///
    /// # Errors
    /// [`IoError::Overwrite`], [`IoError::Exists`], [`IoError::SideFileExists`], and what a store says.
    pub(crate) fn refuse_taken(
        &self,
        replace: bool,
        side_files: bool,
        stores: &Stores,
    ) -> Result<(), IoError> {
        let is_there = |path: &Path| match is_url(path) {
            true => stores.exists(path),
            false => Ok(path.symlink_metadata().is_ok()),
        };
        let inputs: Vec<PathBuf> =
            self.jobs.iter().filter_map(|job| job.input.canonicalize().ok()).collect();
        let outputs = self.jobs.iter().filter_map(|job| job.output.as_ref());
        for output in outputs.filter(|output| !is_standard(output)) {
            let is_input = self.jobs.iter().any(|job| job.input == *output);
            if is_input || output.canonicalize().is_ok_and(|output| inputs.contains(&output)) {
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
        }
        Ok(())
    }

    /// Makes the directory of the outputs, if there is none.
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

/// Why the files named cannot be those of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FilesError {
    Directory { path: PathBuf },
    Glob { path: PathBuf },
    Mixed,
    NotAlone,
    OtherFormat { path: PathBuf },
    OutputIsFile { path: PathBuf },
    OutputName { path: PathBuf },
    SameName { name: PathBuf },
    StandardStream,
    Url { path: PathBuf },
    WrongUrl { path: PathBuf, problem: UrlProblem },
}

impl FilesError {
    /// The next step.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::Directory { .. } => {
                "name its files one by one, as in DIRECTORY/*.parquet without quotes"
            }
            Self::Glob { .. } => "give the pattern without quotes, so that the shell fills it in",
            Self::Mixed => "leave out --json, or write to a file",
            Self::NotAlone => "give one input, or name files",
            Self::OtherFormat { .. } => {
                "say it: --input-format parquet, arrow, arrow-stream, csv, ndjson or text"
            }
            Self::OutputIsFile { .. } => {
                "several inputs go into a directory; it is made if it does not exist"
            }
            Self::OutputName { .. } => {
                "name a file that ends in .parquet, .arrow, .csv, .ndjson, .txt or the like, give --output-format, or name a directory that exists or one to be made with a / at the end"
            }
            Self::SameName { .. } => {
                "run once for each, or rename one: each output is named after its input"
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
            Self::Directory { path } => {
                write!(
                    f,
                    "{}: is a directory; whole directories are not supported in this version",
                    path.display()
                )
            }
            Self::Glob { path } => write!(
                f,
                "{}: no such file; patterns are not supported in this version",
                path.display()
            ),
            Self::Mixed => f.write_str("--json and --out - would both write to standard output"),
            Self::NotAlone => f.write_str("-: stands for one stream, and there are several files"),
            Self::OtherFormat { path } => {
                write!(f, "{}: its name does not tell its format", path.display())
            }
            Self::OutputIsFile { path } => {
                write!(f, "--out {}: is a file, and there are several inputs", path.display())
            }
            Self::OutputName { path } => {
                write!(
                    f,
                    "--out {}: neither a directory nor a name that tells a format",
                    path.display()
                )
            }
            Self::SameName { name } => write!(
                f,
                "two inputs are named {}; their outputs would be one file",
                name.display()
            ),
            Self::StandardStream => f.write_str("-: cannot be a standard stream here"),
            Self::Url { path } => {
                write!(f, "{}: cannot be a URL here", path.display())
            }
            Self::WrongUrl { path, problem } => write!(f, "{}: {problem}", path.display()),
        }
    }
}

fn refuse_unsupported(input: &Path, format: Option<FileFormat>) -> Result<(), FilesError> {
    let path = || input.to_owned();
    if input.is_dir() {
        return Err(FilesError::Directory { path: path() });
    }
    if (is_url(input) || !input.exists()) && input.to_string_lossy().contains(['*', '?', '[']) {
        return Err(FilesError::Glob { path: path() });
    }
    match format.or_else(|| FileFormat::of_name(input)) {
        Some(_) => Ok(()),
        None => Err(FilesError::OtherFormat { path: path() }),
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

    fn outputs(inputs: &[&str], out: &str) -> Result<Vec<PathBuf>, FilesError> {
        let inputs: Vec<PathBuf> = inputs.iter().map(PathBuf::from).collect();
        Ok(Jobs::new(&inputs, Some(Path::new(out)), None, None)?
            .jobs
            .into_iter()
            .filter_map(|job| job.output)
            .collect())
    }

    #[test]
    fn outputs_are_named_after_inputs() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().to_str().unwrap();
        assert_eq!(outputs(&["a/x.parquet"], "y.parquet").unwrap(), [PathBuf::from("y.parquet")]);
        assert_eq!(outputs(&["a/x.PARQUET"], there).unwrap(), [folder.path().join("x.PARQUET")]);
        assert_eq!(outputs(&["a/x.parquet"], "new/").unwrap(), [PathBuf::from("new/x.parquet")]);
        assert_eq!(
            outputs(&["a/x.parquet", "y.parquet"], "new").unwrap(),
            ["new/x.parquet", "new/y.parquet"].map(PathBuf::from)
        );
        let urls = ["s3://raw/x.parquet", "y.parquet"];
        for out in ["s3://masked/new/", "s3://masked/new"] {
            let jobs = Jobs::new(&urls.map(PathBuf::from), Some(Path::new(out)), None, None);
            let jobs = jobs.unwrap();
            let outputs: Vec<_> = jobs.jobs.iter().filter_map(|job| job.output.clone()).collect();
            let expected = ["s3://masked/new/x.parquet", "s3://masked/new/y.parquet"];
            assert_eq!(outputs, expected.map(PathBuf::from));
            assert_eq!(jobs.missing, None, "no directory is made");
        }
    }

    #[test]
    fn what_is_not_supported_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().to_str().unwrap();
        let refused = |inputs: &[&str], out: &str| outputs(inputs, out).unwrap_err();
        assert!(matches!(refused(&["-"], "y.csv"), FilesError::OtherFormat { .. }));
        assert_eq!(refused(&["x.csv", "y.csv"], "-"), FilesError::NotAlone);
        assert!(matches!(refused(&["s3://x/*.parquet"], "y.parquet"), FilesError::Glob { .. }));
        for (wrong, shown) in [("s3://x/x?key=1", "s3://x/x"), ("s3://key@x/x", "s3://x/x")] {
            let refused = [refused(&[wrong], "y.csv"), refused(&["y.csv"], wrong)];
            for refused in refused {
                let FilesError::WrongUrl { path, .. } = refused else { panic!("{refused}") };
                assert_eq!(path, Path::new(shown));
            }
        }
        assert!(matches!(refused(&["x.json"], "y.parquet"), FilesError::OtherFormat { .. }));
        assert!(matches!(refused(&["x"], "y.parquet"), FilesError::OtherFormat { .. }));
        assert!(matches!(refused(&["x*.parquet"], "y.parquet"), FilesError::Glob { .. }));
        assert!(matches!(refused(&[there], "y.parquet"), FilesError::Directory { .. }));
        assert!(matches!(refused(&["x.parquet"], "y.xml"), FilesError::OutputName { .. }));
        assert!(matches!(
            refused(&["a/x.parquet", "b/x.parquet"], "out"),
            FilesError::SameName { .. }
        ));
    }
}
