//! Not run by default: measurements by hand, under strace or the like.

use super::*;

#[test]
#[ignore = "a measurement"]
fn polls() {
    let port = std::env::var("PORT").unwrap();
    let url = Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
    let http = client();
    let token = CancelToken::new();
    let n: u32 = std::env::var("N").unwrap().parse().unwrap();
    let begun = std::time::Instant::now();
    for _ in 0..n {
        let context = cancellable(&token);
        let response = http.send(&get(&url), &context).unwrap();
        let mut body = response.body;
        let mut buffer = vec![0; 64 << 10];
        while body.read(&mut buffer, &context).unwrap() > 0 {}
    }
    let rss = std::fs::read_to_string("/proc/self/status").unwrap();
    let rss = rss.lines().find(|l| l.starts_with("VmHWM")).unwrap().to_owned();
    println!("{:?} each, {rss}", begun.elapsed() / n);
}
