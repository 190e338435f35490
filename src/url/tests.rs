use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[test]
fn appended_segments_are_encoded_and_keep_the_path_prefix() {
    for base in [
        "https://api.example/idp/platform",
        "https://api.example/idp/platform/",
    ] {
        let status = url(base).join_path(&["jobs", "a/b?c#d é..", "status"]);
        assert_eq!(
            status.as_str(),
            "https://api.example/idp/platform/jobs/a%2Fb%3Fc%23d%20%C3%A9../status"
        );
    }
}

#[test]
fn locations_may_be_relative_or_absolute() {
    let status = url("https://api.example/idp/jobs/1/status?x=1");
    for (location, expected) in [
        ("https://other.example/r", "https://other.example/r"),
        ("/jobs/1", "https://api.example/jobs/1"),
        ("../2", "https://api.example/idp/jobs/2"),
        ("//cdn.example/r", "https://cdn.example/r"),
        ("?a=b c", "https://api.example/idp/jobs/1/status?a=b%20c"),
        ("/r#part", "https://api.example/r"),
        ("", "https://api.example/idp/jobs/1/status?x=1"),
        ("?", "https://api.example/idp/jobs/1/status?"),
        (" ?\t ", "https://api.example/idp/jobs/1/status?"),
        (".", "https://api.example/idp/jobs/1/"),
        ("./a/../../b/.", "https://api.example/idp/jobs/b/"),
        ("../../../../../x", "https://api.example/x"),
        ("/a//b/./c?../d", "https://api.example/a//b/c?../d"),
        ("HTTPS://other.example", "HTTPS://other.example"),
        ("https://api.example", "https://api.example"),
        ("https://api.example?q", "https://api.example?q"),
        ("a?b:c//d", "https://api.example/idp/jobs/1/a?b:c//d"),
    ] {
        assert_eq!(status.join(location).unwrap().as_str(), expected, "{location}");
    }
}

#[test]
fn a_url_that_was_resolved_resolves_to_itself() {
    for (text, resolved) in [
        ("https://h/a/../b/./c?d/../e", "https://h/b/c?d/../e"),
        ("https://h/..", "https://h/"),
        (" https://h?a/.. ", "https://h?a/.."),
    ] {
        let url = url(text);
        assert_eq!(url.as_str(), resolved);
        assert_eq!(url.join(resolved).unwrap(), url);
        assert_eq!(url.join("").unwrap(), url, "{text}");
    }
}

/// Real storage has such URLs, and browsers fetch them.
#[test]
fn urls_are_sent_as_browsers_send_them() {
    for (text, sent) in [
        ("/a[1].pdf?b[2]=[3]", "/a[1].pdf?b[2]=[3]"),
        ("/100%.pdf?d=5%&e=%zz", "/100%.pdf?d=5%&e=%zz"),
        ("/a b?c d", "/a%20b?c%20d"),
        ("/a|b?c|d", "/a|b?c|d"),
        (r#"/"<>?"<>"#, "/%22%3C%3E?%22%3C%3E"),
        ("/{^`}?{^`}", "/%7B%5E%60%7D?{^`}"),
        (r"/a\b?a\b", r"/a%5Cb?a\b"),
        ("/'?'", "/'?%27"),
        ("/Größe?文", "/Gr%C3%B6%C3%9Fe?%E6%96%87"),
        ("/%41%2f?%41", "/%41%2f?%41"),
    ] {
        let expected = format!("https://h.example{sent}");
        assert_eq!(url(&format!("https://h.example{text}")).as_str(), expected);
        let joined = url("https://h.example/jobs/1").join(text).unwrap();
        assert_eq!(joined.as_str(), expected);
        assert!(expected.parse::<ureq::http::Uri>().is_ok(), "{expected}");
        assert_eq!(joined.join("/x").unwrap().as_str(), "https://h.example/x");
    }
}

#[test]
fn invalid_urls_are_rejected() {
    for text in [
        "",
        "api.example",
        "/jobs",
        "ftp://h/",
        "http://a host/",
        "http://h%6Fst/",
        "https://",
        "https://u:p@h/",
        "http://h:99999/",
        "http://h/a\r\nb",
        "javascript:1",
        r"http://h\@evil.example/",
        "http://h[1]/",
        "http://[::1/",
        "http://h%/",
    ] {
        assert!(Url::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn origins_compare_scheme_host_and_port() {
    assert_eq!(
        url("HTTPS://API.example/a").origin(),
        url("https://api.example:443/b").origin()
    );
    assert!(url("HTTPS://API.example/a").has_origin(&url("https://api.example:443/b").origin()));
    assert!(
        url("http://[::1]:8080/a")
            .join_path(&["b"])
            .has_origin(&url("http://[::1]:8080").origin())
    );
    for other in [
        "http://api.example:443",
        "https://api.example:8443",
        "https://api.example.evil",
    ] {
        let other = url(other);
        assert_ne!(url("https://api.example").origin(), other.origin(), "{other}");
        assert!(!other.has_origin(&url("https://api.example").origin()), "{other}");
    }
}

#[test]
fn the_zone_of_an_address_is_used_and_not_sent() {
    for text in ["http://[fe80::1%25eth0]:8080/a", "http://[fe80::1%eth0]:8080/a"] {
        let link_local = url(text);
        assert_eq!(link_local.as_str(), "http://[fe80::1]:8080/a");
        let origin = link_local.origin();
        assert_eq!(origin.host, "[fe80::1%eth0]");
        for same in [
            "/b",
            "?c",
            "http://[FE80::1]:8080/d",
            "http://[fe80::1%25eth0]:8080/e",
        ] {
            assert!(link_local.join(same).unwrap().has_origin(&origin), "{same}");
        }
        assert!(link_local.join_path(&["f"]).has_origin(&origin));
        for other in ["http://[fe80::2]:8080/", "http://[fe80::1%25eth1]:8080/"] {
            assert!(!link_local.join(other).unwrap().has_origin(&origin), "{other}");
        }
    }
    for bad in [
        "http://[fe80::1%]/",
        "http://[fe80::1%25a b]/",
        "http://h%25eth0]/",
    ] {
        assert!(Url::parse(bad).is_err(), "{bad}");
    }
    // A path or a query has no zone.
    for text in [
        "/a//[fe80::1%eth0]/",
        "?u=http://[fe80::1%25eth0]/",
        "//h/x?[a%20b]",
    ] {
        assert_eq!(split_zone(text), (text.into(), None));
    }
}

#[test]
fn a_query_is_never_displayed() {
    let presigned = url("https://s3.example/f?X-Amz-Signature=secret");
    assert_eq!(
        format!("{presigned} {presigned:?}"),
        "https://s3.example/f Url(https://s3.example/f)"
    );
}
