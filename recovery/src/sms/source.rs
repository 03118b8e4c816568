//! Which addresses a provider may call from.

use std::net::IpAddr;

/// Networks in CIDR form. For a provider whose signature does not cover the sender it is what
/// keeps forged texts out, and such a provider cannot be configured without one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowList(Vec<(IpAddr, u8)>);

/// A text is no list of networks; the entry that is not one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadNetwork(pub String);

impl AllowList {
    /// Reads `203.0.113.0/24, 2001:db8::/32 198.51.100.7`. An empty list allows nobody.
    pub fn parse(text: &str) -> Result<Self, BadNetwork> {
        text.split([',', ' ', '\n']).filter(|entry| !entry.is_empty()).map(network).collect()
    }

    /// Nothing in it.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Is the address in one of the networks? An IPv4 address in IPv6 form counts as IPv4.
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|(network, length)| match (network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(*length)).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(*length)).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        })
    }
}

impl FromIterator<(IpAddr, u8)> for AllowList {
    fn from_iter<T: IntoIterator<Item = (IpAddr, u8)>>(networks: T) -> Self {
        Self(networks.into_iter().collect())
    }
}

fn network(entry: &str) -> Result<(IpAddr, u8), BadNetwork> {
    let bad = || BadNetwork(entry.to_owned());
    let (address, length) = match entry.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (entry, None),
    };
    let address: IpAddr = address.parse().map_err(|_| bad())?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let length = length.map_or(Ok(longest), |text| text.parse().map_err(|_| bad()))?;
    if length > longest { Err(bad()) } else { Ok((address, length)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(list: &str, address: &str) -> bool {
        AllowList::parse(list).unwrap().allows(address.parse().unwrap())
    }

    #[test]
    fn addresses_are_matched_by_network() {
        let list = "203.0.113.0/24, 2001:db8:1::/48 198.51.100.7";
        for address in ["203.0.113.255", "2001:db8:1:2::3", "198.51.100.7", "::ffff:203.0.113.9"] {
            assert!(allows(list, address), "{address}");
        }
        for address in ["203.0.114.0", "2001:db8:2::", "198.51.100.8", "::", "0.0.0.0"] {
            assert!(!allows(list, address), "{address}");
        }
    }

    #[test]
    fn an_empty_list_allows_nobody_and_a_zero_length_everybody() {
        assert!(!allows("", "203.0.113.1"));
        assert!(allows("0.0.0.0/0", "203.0.113.1"));
        assert!(!allows("0.0.0.0/0", "2001:db8::1"));
        assert!(allows("::/0", "2001:db8::1"));
    }

    #[test]
    fn a_bad_entry_is_named() {
        for entry in ["203.0.113.0/33", "2001:db8::/129", "example.vn", "1.2.3.4/", "1.2.3.4/a"] {
            assert_eq!(AllowList::parse(entry), Err(BadNetwork(entry.into())));
        }
    }
}
