//! How sealed items lie one behind the other: length, then the age file. Every age file begins
//! with the same line, by which reading finds its way again behind a torn or broken one.

use super::ITEM_MAX;

/// The first line of every age file: <https://age-encryption.org/v1>.
const AGE: &[u8] = b"age-encryption.org/v1\n";
/// Bytes of the length, big-endian.
const LENGTH: usize = 4;
/// What age adds to an item: header and one tag for every 64 KiB, generously.
const OVERHEAD: usize = 4 << 10;

/// An item with its length in front.
pub(super) fn frame(sealed: &[u8]) -> Vec<u8> {
    // An item is at most ITEM_MAX long, so its length fits.
    let length = u32::try_from(sealed.len()).unwrap_or(u32::MAX);
    let mut frame = length.to_be_bytes().to_vec();
    frame.extend_from_slice(sealed);
    frame
}

/// The items of a file in order, and how many stretches of it are none.
pub(super) fn split(bytes: &[u8]) -> (Vec<&[u8]>, u32) {
    let (mut items, mut broken) = (Vec::new(), 0);
    let mut rest = bytes;
    while !rest.is_empty() {
        match first(rest) {
            Some((item, behind)) => {
                items.push(item);
                rest = behind;
            }
            None => {
                broken += 1;
                rest = next_start(rest);
            }
        }
    }
    (items, broken)
}

/// The item at the start of `bytes`, if it is whole and nothing else begins within it.
fn first(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<LENGTH>()?;
    let length = u32::from_be_bytes(*length) as usize;
    if length > ITEM_MAX + OVERHEAD {
        return None;
    }
    let (item, behind) = rest.split_at_checked(length)?;
    let whole = item.starts_with(AGE) && find(&item[AGE.len()..]).is_none();
    whole.then_some((item, behind))
}

/// Where the item behind a broken one starts.
fn next_start(bytes: &[u8]) -> &[u8] {
    // Past the line of the broken one itself, which stands right behind its length.
    let from = LENGTH + 1;
    match bytes.get(from..).and_then(find) {
        Some(at) => &bytes[from + at - LENGTH..],
        None => &[],
    }
}

fn find(bytes: &[u8]) -> Option<usize> {
    bytes.windows(AGE.len()).position(|window| window == AGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(text: &str) -> Vec<u8> {
        [AGE, text.as_bytes()].concat()
    }

    #[test]
    fn reading_finds_its_way_again_behind_whatever_is_broken() {
        let (a, b) = (item("first"), item("second, longer"));
        let whole = [frame(&a), frame(&b)].concat();
        assert_eq!(split(&whole), (vec![&a[..], &b[..]], 0));
        for cut in 1..frame(&a).len() {
            // Torn while it was written, and then written on.
            let torn = [&frame(&a)[..cut], &frame(&b)].concat();
            assert_eq!(split(&torn), (vec![&b[..]], 1), "cut at {cut}");
            // Torn at the end.
            let torn = [&frame(&b)[..], &frame(&a)[..cut]].concat();
            assert_eq!(split(&torn), (vec![&b[..]], 1), "cut at {cut}");
        }
        for length in [0_u32, 1, u32::MAX] {
            let mut lies = whole.clone();
            lies[..LENGTH].copy_from_slice(&length.to_be_bytes());
            assert_eq!(split(&lies), (vec![&b[..]], 1), "length {length}");
        }
        assert_eq!(split(&[]), (vec![], 0));
        assert_eq!(split(&[0; 4096]), (vec![], 1));
    }
}
