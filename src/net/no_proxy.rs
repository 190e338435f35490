//! Which hosts are reached without the proxy: `NO_PROXY` as curl reads it, and ports.

use std::net::IpAddr;

use crate::url::bare_host;

/// The hosts of one list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NoProxy {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hosts {
    All,
    /// A name and everything below it.
    Domain(String),
    Network(IpAddr, u8),
}

impl NoProxy {
    /// Reads a list: entries are separated by commas or spaces, and invalid entries are ignored, as by curl.
    pub(crate) fn parse(list: &str) -> Self {
        let entries = list.split([',', ' ', '\t']).filter(|entry| !entry.is_empty());
        Self {
            rules: entries.filter_map(rule).collect(),
        }
    }

    /// Whether `host`, a name or a literal with or without brackets, is on the list.
    pub(crate) fn covers(&self, host: &str, port: u16) -> bool {
        let host = bare_host(host).trim_end_matches('.').to_ascii_lowercase();
        let ip = host.parse::<IpAddr>().ok();
        self.rules
            .iter()
            .filter(|rule| rule.port.is_none_or(|p| p == port))
            .any(|rule| match (&rule.hosts, ip) {
                (Hosts::All, _) => true,
                (Hosts::Network(network, bits), Some(ip)) => is_within(ip, *network, *bits),
                (Hosts::Domain(domain), None) => host
                    .strip_suffix(domain.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
                _ => false,
            })
    }
}

fn rule(entry: &str) -> Option<Rule> {
    if entry == "*" {
        let hosts = Hosts::All;
        return Some(Rule { hosts, port: None });
    }
    if let Some(hosts) = network(entry) {
        return Some(Rule { hosts, port: None });
    }
    let (name, port) = match entry.rsplit_once(':') {
        Some((name, port)) => (name, Some(port.parse().ok()?)),
        None => (entry, None),
    };
    let hosts = match network(name) {
        Some(hosts) => hosts,
        None if name == "*" => Hosts::All,
        None => {
            let domain = name
                .trim_start_matches("*.")
                .trim_matches('.')
                .to_ascii_lowercase();
            if domain.is_empty() {
                return None;
            }
            Hosts::Domain(domain)
        }
    };
    Some(Rule { hosts, port })
}

fn network(text: &str) -> Option<Hosts> {
    let (ip, bits) = match text.split_once('/') {
        Some((ip, bits)) => (ip, Some(bits.parse::<u8>().ok()?)),
        None => (text, None),
    };
    let ip: IpAddr = unbracket(ip).parse().ok()?;
    let most = if ip.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(most);
    (bits <= most).then_some(Hosts::Network(ip, bits))
}

fn is_within(ip: IpAddr, network: IpAddr, bits: u8) -> bool {
    let (ip, network, width) = match (ip.to_canonical(), network) {
        (IpAddr::V4(ip), IpAddr::V4(network)) => (u32::from(ip).into(), u32::from(network).into(), 32),
        (IpAddr::V6(ip), IpAddr::V6(network)) => (u128::from(ip), u128::from(network), 128),
        _ => return false,
    };
    let differing: u128 = ip ^ network;
    // A shift by the whole width is undefined, so no bits means all match.
    bits == 0 || differing >> (width - u32::from(bits)) == 0
}

fn unbracket(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

#[cfg(test)]
mod tests {
    use super::NoProxy;

    #[test]
    fn a_list_is_read_as_curl_reads_it() {
        for (list, host, covered) in [
            ("", "api.example", false),
            ("*", "api.example", true),
            ("localhost, internal.corp", "internal.corp", true),
            ("localhost internal.corp", "internal.corp", true),
            ("corp.com", "corp.com", true),
            ("corp.com", "a.corp.com", true),
            (".corp.com", "corp.com", true),
            (".corp.com", "a.b.corp.com", true),
            ("*.corp.com", "a.corp.com", true),
            ("corp.com", "evilcorp.com", false),
            ("corp.com", "corp.com.evil", false),
            ("CORP.com", "Api.Corp.COM.", true),
            ("10.0.0.0/8", "10.200.3.4", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "192.0.2.1", true),
            ("0.0.0.0/0", "a.example", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.70", false),
            ("2001:db8::/32", "[2001:db8:1::5]", true),
            ("2001:db8::/32", "2001:db9::5", false),
            ("::1", "[::1]", true),
            ("fe80::/10", "[fe80::1%eth0]", true),
            ("10.0.0.0/33", "10.0.0.1", false),
            ("api.example:x", "api.example", false),
        ] {
            let matched = NoProxy::parse(list).covers(host, 443);
            assert_eq!(matched, covered, "{list:?} {host}");
        }
    }

    #[test]
    fn a_port_narrows_an_entry() {
        let list = NoProxy::parse("api.example:8443,[::1]:80,192.0.2.1:80");
        assert!(list.covers("api.example", 8443));
        assert!(!list.covers("api.example", 443));
        assert!(list.covers("::1", 80) && !list.covers("::1", 81));
        assert!(list.covers("192.0.2.1", 80) && !list.covers("192.0.2.1", 81));
    }
}
