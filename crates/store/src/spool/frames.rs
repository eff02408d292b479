//! How sealed items lie one behind the other: length, then the age file. Every age file begins
//! with the same line; by it, and not by the lengths, reading finds each item, so that a torn or
//! broken one costs only itself.

/// The first line of every age file: <https://age-encryption.org/v1>.
const AGE: &[u8] = b"age-encryption.org/v1\n";
/// Bytes of the length, big-endian.
const LENGTH: usize = 4;

/// An item with its length in front.
pub(super) fn frame(sealed: &[u8]) -> Vec<u8> {
    // An item is at most ITEM_MAX long, so its length fits.
    let length = u32::try_from(sealed.len()).unwrap_or(u32::MAX);
    let mut frame = length.to_be_bytes().to_vec();
    frame.extend_from_slice(sealed);
    frame
}

/// The items of a file in order, and how many stretches of it are none. Whether an item is what was
/// written, only opening it tells.
pub(super) fn split(bytes: &[u8]) -> (Vec<&[u8]>, u32) {
    let (mut items, mut broken) = (Vec::new(), 0);
    let mut start = next_item(bytes, 0);
    let before = start.map_or(bytes.len(), |item| item - LENGTH);
    broken += u32::from(before > 0);
    while let Some(item) = start {
        start = next_item(bytes, item + AGE.len());
        let end = start.map_or(bytes.len(), |next| next - LENGTH);
        let (length, there) = (length(&bytes[item - LENGTH..item]), &bytes[item..end]);
        match there.get(..length) {
            Some(whole) => {
                items.push(whole);
                broken += u32::from(length < there.len());
            }
            None => broken += 1,
        }
    }
    (items, broken)
}

/// Where the first item at or behind `from` begins, behind its length.
fn next_item(bytes: &[u8], from: usize) -> Option<usize> {
    let from = from + LENGTH;
    let found = bytes.get(from..)?.windows(AGE.len()).position(|window| window == AGE)?;
    Some(from + found)
}

fn length(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte))
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
            let (items, broken) = split(&lies);
            assert_eq!((items.last(), broken), (Some(&&b[..]), 1), "length {length}");
        }
        assert_eq!(split(&[]), (vec![], 0));
        assert_eq!(split(&[0; 4096]), (vec![], 1));
    }
}
