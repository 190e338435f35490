//! The arguments of the command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lexopt::ValueExt;
use lexopt::prelude::*;

use crate::failure::Failure;
use crate::input::STDIN;

/// The text of `--help`.
pub const HELP: &str = "\
nitro-jobs: Nitro's document jobs from the command line

  nitro-jobs run OPERATION FILE...     submit, follow, and save or print the result
  nitro-jobs submit OPERATION FILE...  start a job and print its ticket
  nitro-jobs status JOB                print the current status of a job
  nitro-jobs watch JOB...              follow jobs to their end
  nitro-jobs result JOB                print a job's result as JSON
  nitro-jobs download JOB              save a job's files
  nitro-jobs catalog [OPERATION]       list the operations, or the parameters of one

OPERATION is a name of the catalogue, or ENDPOINT/METHOD for an operation that is not in it. JOB is a job's id, its
ticket, or @FILE for a file that contains the ticket. A FILE that is read or written may be -, which is standard input
or output. The ticket is printed to standard error as soon as the job exists, results to standard output.

run, submit:
  -p, --param NAME=VALUE   one parameter; VALUE is parsed as JSON if possible, unless the parameter is a string
      --params JSON        all parameters; @FILE reads them from a file, so that passwords are not in the process list
      --delivery JSON      where the service delivers the result
      --url TYPE=URL       a document that the service downloads, at this position among the files
      --presigned          upload documents to storage first
      --unchecked          do not check the request against the catalogue
run, download:
  -o, --output FILE        save the single file of the result under this name
  -d, --dir FOLDER         save all files of the result, under the names from the service
  -f, --force              replace files that exist
all:
      --credentials FILE   a JSON file with \"clientID\" and \"clientSecret\", or with \"token\", that only you can read;
                           also NITRO_CREDENTIALS. Without it: NITRO_CLIENT_ID and NITRO_CLIENT_SECRET, or NITRO_TOKEN
      --base-url URL       the base URL of the service; also NITRO_BASE_URL
      --proxy URL          http://, https:// or socks5h://; --proxy-from-env: use the environment's proxy variables
      --ca-file FILE       trust the certificates of this PEM file too
      --timeout SECONDS    the timeout of the whole command; 0 for none
      --json               print everything as JSON lines on standard output, errors too
  -q, --quiet              show no progress
  -v, --verbose            print the library's log to standard error
  -h, --help, -V, --version

Exit codes:
";

/// The command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Submit, wait, save.
    Run,
    /// Submit.
    Submit,
    /// Poll the status once.
    Status,
    /// Follow to the end.
    Watch,
    /// Print the result.
    Result,
    /// Save the result.
    Download,
    /// List the operations.
    Catalog,
    /// Print the help.
    Help,
    /// Print the version.
    Version,
}

/// A document of a submission.
#[derive(Debug)]
pub enum Document {
    /// A local file.
    File(PathBuf),
    /// A media type and a URL.
    Url(String, String),
}

/// The parsed command line.
#[derive(Debug, Default)]
pub struct Arguments {
    pub command: Option<Command>,
    /// The operation, or the jobs.
    pub operands: Vec<String>,
    pub documents: Vec<Document>,
    pub param: Vec<(String, String)>,
    pub params: Option<String>,
    pub delivery: Option<String>,
    pub presigned: bool,
    pub unchecked: bool,
    pub output: Option<PathBuf>,
    pub dir: Option<PathBuf>,
    pub force: bool,
    pub credentials: Option<PathBuf>,
    pub base_url: Option<String>,
    pub proxy: Option<String>,
    pub proxy_from_env: bool,
    pub ca_file: Option<PathBuf>,
    pub timeout: Option<Duration>,
    pub json: bool,
    pub quiet: bool,
    pub verbose: bool,
}

impl Arguments {
    /// Parses the command line. A failure comes with the arguments parsed so far, such as `--json`.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, Box<(Self, Failure)>> {
        let mut parsed = Self::default();
        let mut parser = lexopt::Parser::from_args(arguments);
        match parsed.read(&mut parser).and_then(|()| parsed.check()) {
            Ok(()) => Ok(parsed),
            Err(failure) => {
                // --json may follow the invalid argument.
                while let Ok(Some(rest)) = parser.next() {
                    parsed.json |= rest == Long("json");
                }
                Err(Box::new((parsed, failure)))
            }
        }
    }

    fn read(&mut self, parser: &mut lexopt::Parser) -> Result<(), Failure> {
        while let Some(argument) = parser.next()? {
            match argument {
                Short('h') | Long("help") => self.command = Some(Command::Help),
                Short('V') | Long("version") => self.command = Some(Command::Version),
                Short('p') | Long("param") => {
                    let text = parser.value()?.string()?;
                    self.param.push(pair(&text, "--param")?);
                }
                Long("params") => self.params = Some(parser.value()?.string()?),
                Long("delivery") => self.delivery = Some(parser.value()?.string()?),
                Long("url") => {
                    let (kind, url) = pair(&parser.value()?.string()?, "--url")?;
                    self.documents.push(Document::Url(kind, url));
                }
                Long("presigned") => self.presigned = true,
                Long("unchecked") => self.unchecked = true,
                Short('o') | Long("output") => self.output = Some(parser.value()?.into()),
                Short('d') | Long("dir") => self.dir = Some(parser.value()?.into()),
                Short('f') | Long("force") => self.force = true,
                Long("credentials") => self.credentials = Some(parser.value()?.into()),
                Long("base-url") => self.base_url = Some(parser.value()?.string()?),
                Long("proxy") => self.proxy = Some(parser.value()?.string()?),
                Long("proxy-from-env") => self.proxy_from_env = true,
                Long("ca-file") => self.ca_file = Some(parser.value()?.into()),
                Long("timeout") => self.timeout = Some(seconds(&parser.value()?.string()?)?),
                Long("json") => self.json = true,
                Short('q') | Long("quiet") => self.quiet = true,
                Short('v') | Long("verbose") => self.verbose = true,
                Value(value) => self.operand(value)?,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(())
    }

    fn operand(&mut self, value: OsString) -> Result<(), Failure> {
        match self.command {
            None => {
                let name = value.string()?;
                self.command = Some(match name.as_str() {
                    "run" => Command::Run,
                    "submit" => Command::Submit,
                    "status" => Command::Status,
                    "watch" => Command::Watch,
                    "result" => Command::Result,
                    "download" => Command::Download,
                    "catalog" => Command::Catalog,
                    "help" => Command::Help,
                    other => return Err(Failure::usage(format!("there is no command {other:?}"))),
                });
            }
            Some(Command::Run | Command::Submit) if !self.operands.is_empty() => {
                self.documents.push(Document::File(value.into()));
            }
            Some(_) => self.operands.push(value.string()?),
        }
        Ok(())
    }

    /// Rejects options that do not apply to the command.
    fn check(&self) -> Result<(), Failure> {
        use Command::*;
        let Some(command) = self.command else {
            return Err(Failure::usage("no command is given"));
        };
        if matches!(command, Help | Version) {
            return Ok(());
        }
        let sends = matches!(command, Run | Submit);
        let saves = matches!(command, Run | Download);
        let strays = [
            (sends, !self.param.is_empty(), "--param"),
            (sends, self.params.is_some(), "--params"),
            (sends, self.delivery.is_some(), "--delivery"),
            (sends, !sends && !self.documents.is_empty(), "--url"),
            (sends, self.presigned, "--presigned"),
            (sends, self.unchecked, "--unchecked"),
            (saves, self.output.is_some(), "--output"),
            (saves, self.dir.is_some(), "--dir"),
            (saves, self.force, "--force"),
        ];
        for (fits, given, name) in strays {
            if given && !fits {
                return Err(Failure::usage(format!("{name} does not apply to this command")));
            }
        }
        if self.output.is_some() && self.dir.is_some() {
            return Err(Failure::usage("--output and --dir cannot be combined"));
        }
        if self.json && self.output.as_deref() == Some(Path::new(STDIN)) {
            return Err(Failure::usage(
                "--json and --output - both print to standard output: they cannot be combined",
            ));
        }
        if self.params.is_some() && !self.param.is_empty() {
            return Err(Failure::usage("--param and --params cannot be combined"));
        }
        if command == Download && self.output.is_none() && self.dir.is_none() {
            return Err(Failure::usage("download needs --output FILE or --dir FOLDER"));
        }
        let (least, most, what) = match command {
            Run | Submit => (1, 1, "an OPERATION"),
            Watch => (1, usize::MAX, "a JOB"),
            Catalog => (0, 1, "one OPERATION at most"),
            _ => (1, 1, "one JOB"),
        };
        if !(least..=most).contains(&self.operands.len()) {
            return Err(Failure::usage(format!("this command needs {what}")));
        }
        Ok(())
    }
}

fn pair(text: &str, option: &str) -> Result<(String, String), Failure> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(Failure::usage(format!(
            "{option} needs two values with = between them"
        ))),
    }
}

fn seconds(text: &str) -> Result<Duration, Failure> {
    let seconds = text
        .parse()
        .ok()
        .and_then(|s| Duration::try_from_secs_f64(s).ok());
    seconds.ok_or_else(|| Failure::usage(format!("--timeout needs a number of seconds, not {text:?}")))
}
