use std::process::ExitCode;
pub const CHILD: &str = "download-until-killed";
pub fn child(_: &[String]) -> ExitCode {
    ExitCode::SUCCESS
}
pub fn run(_: &crate::report::Report) {}
