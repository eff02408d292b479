//! Emergency and service numbers: never an extension, never looked up.

use super::Region;

/// Emergency numbers on every network (3GPP TS 22.101 §10.1.1).
const EVERYWHERE: [&str; 2] = ["112", "911"];

/// Service numbers of the North American plan, beside 911: N11 codes, crisis line, and the test
/// line of 911. Source: NANPA, "N11 codes"; FCC 20-100 for 988.
const NORTH_AMERICA: &[&str] = &["211", "311", "411", "511", "611", "711", "811", "933", "988"];

/// Whether a short run of digits is such a number where the agent sits, and so cannot be a
/// colleague's extension.
pub(super) fn is_short_code(digits: &str, region: &Region) -> bool {
    // One digit reaches the operator or an outside line.
    digits.len() == 1
        || EVERYWHERE.contains(&digits)
        || matches!(region.as_str(), "US" | "CA") && NORTH_AMERICA.contains(&digits)
        || EMERGENCY
            .iter()
            .filter(|(regions, _)| regions.split(' ').any(|r| r == region.as_str()))
            .any(|(_, numbers)| numbers.split(' ').any(|number| number == digits))
}

/// Regions and their emergency numbers.
/// Source: emergency patterns of libphonenumber's `ShortNumberMetadata.xml` (9.0.43), numbers of up
/// to four digits; a few ranges of other services left out. `rlibphonenumber` does not carry them.
#[rustfmt::skip]
const EMERGENCY: &[(&str, &str)] = &[
    ("AC AG FK GB GG IE IM JE LC MO MS MY NU QA SB SC SD SH SS SZ TC UG VC VG", "999"),
    ("FR GF GP MC MF ML MQ PF PM RE WF", "15 17 18"),
    ("AM AZ BY KG KZ TJ UA", "101 102 103"),
    ("BF DJ KM MR SN TD", "17 18"),
    ("BT NO SJ SY", "110 113"),
    ("CY HN MM NG", "199"),
    ("IT SM VA", "113 115 118"),
    ("JM JP TW", "110 119"),
    ("PT SR TL", "115"),
    ("AE PL", "997 998 999"),
    ("BA ME", "122 123 124"),
    ("BS SX", "919"),
    ("CC CX", "000"),
    ("CH LI", "117 118 144"),
    ("DE EE", "110"),
    ("DK FO", "114"),
    ("DM KN", "333 999"),
    ("EH MA", "15 19 177"),
    ("IL PS", "100 101 102"),
    ("LU SI", "113"),
    ("MK XK", "192 193 194"),
    ("NZ RW", "111"),
    ("PY UY", "128"),
    ("AD", "110 116 118"),
    ("AF", "100 102 119"),
    ("AL", "127 128 129"),
    ("AO", "113 115"),
    ("AR", "100 101 107"),
    ("AT", "122 133 144"),
    ("AU", "000 106"),
    ("AW", "100"),
    ("BB", "211 311 511"),
    ("BD", "100 101 102 199 999"),
    ("BE", "100 101"),
    ("BG", "150 160 166"),
    ("BH", "199 999"),
    ("BI", "113 117"),
    ("BJ", "114 116 117 118"),
    ("BL", "18"),
    ("BN", "991 993 995"),
    ("BO", "110 118 119"),
    ("BR", "128 190 192 193"),
    ("BW", "111 997 998 999"),
    ("BZ", "90 990"),
    ("CD", "113 114 118 177 188"),
    ("CF", "117 118 1220"),
    ("CG", "117 118"),
    ("CI", "110 111 170 180"),
    ("CK", "996 998 999"),
    ("CL", "131 132 133"),
    ("CM", "13 17 113 117"),
    ("CN", "110 119 120"),
    ("CO", "119 123 132 156"),
    ("CU", "104 105 106"),
    ("CV", "130 131 132"),
    ("CZ", "150 155 156 158"),
    ("DZ", "14 17"),
    ("EC", "101 102"),
    ("EG", "122 123 180"),
    ("ER", "113 114 116"),
    ("ES", "085 088"),
    ("ET", "91 92 93 939 991 997"),
    ("FJ", "917"),
    ("GA", "18 1730"),
    ("GE", "011 022 033 111 113 122"),
    ("GH", "191 192 193 999"),
    ("GI", "190 199"),
    ("GM", "16 17 18 116 117 118"),
    ("GR", "100 166 199"),
    ("GT", "110 120 123"),
    ("GW", "113 117 118"),
    ("GY", "912 913"),
    ("HK", "992 999"),
    ("HR", "93 94 192 193 194"),
    ("HT", "114 118"),
    ("HU", "104 105 107"),
    ("ID", "110 113 118 119"),
    ("IN", "100 101 102 108 1298 2611"),
    ("IQ", "100 104 115 122"),
    ("IR", "110 115 125"),
    ("JO", "191 192 197"),
    ("KE", "114 999"),
    ("KH", "117 118 119 666"),
    ("KI", "192 193 194 195 992 993 994"),
    ("KP", "119 819"),
    ("KR", "119"),
    ("LA", "190 191 195"),
    ("LB", "140 175 999"),
    ("LK", "110 116 118 119"),
    ("LR", "355"),
    ("LS", "115 117"),
    ("LT", "01 02 03 011 022 033 101 102 103"),
    ("LV", "01 02 03 110 113"),
    ("LY", "190 191 193"),
    ("MD", "901 902 903"),
    ("MG", "17 18 117 118"),
    ("MN", "100 101 102 103 105"),
    ("MU", "114 115 995 999"),
    ("MV", "102 118 119"),
    ("MW", "199 997 998 999"),
    ("MX", "060 065 066 068 080"),
    ("MZ", "117 119 197 198"),
    ("NC", "15 16 17 18"),
    ("NE", "15 17 18 118"),
    ("NF", "955 977"),
    ("NI", "115 118 120 128"),
    ("NP", "100 101 102 103"),
    ("NR", "110 111"),
    ("OM", "1444 9999"),
    ("PE", "105 116 117"),
    ("PG", "000 110 111"),
    ("PH", "117"),
    ("PK", "15 16 115 1122"),
    ("RS", "92 93 94"),
    ("RU", "01 02 03 101 102 103"),
    ("SA", "997 999"),
    ("SG", "993 995 999"),
    ("SK", "150 155 158"),
    ("SL", "019 999"),
    ("SO", "555 888 999"),
    ("SV", "913"),
    ("TG", "117 118 171 172 177"),
    ("TH", "191 199 1669"),
    ("TM", "01 02 03"),
    ("TN", "190 197 198"),
    ("TO", "922 933 999"),
    ("TR", "110 155"),
    ("TT", "990 999"),
    ("TZ", "110 111 114 115 999"),
    ("UZ", "01 02 03 001 002 003 050"),
    ("VE", "171"),
    ("VN", "113 114 115"),
    ("WS", "994 995 996 999"),
    ("YE", "191 194 195 199"),
    ("YT", "15"),
    ("ZM", "991 993 999"),
    ("ZW", "993 994 995 999"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emergency_numbers_follow_the_region() {
        for (digits, region, expected) in [
            ("911", "US", true),
            ("112", "US", true),
            ("999", "GB", true),
            ("999", "US", false),
            ("17", "FR", true),
            ("110", "DE", true),
            ("110", "US", false),
            ("411", "CA", true),
            ("101", "GB", false),
            ("0", "US", true),
            ("9111", "US", false),
        ] {
            let region = Region::parse(region).unwrap();
            assert_eq!(is_short_code(digits, &region), expected, "{digits} {region:?}");
        }
    }

    #[test]
    fn every_region_stands_once() {
        let mut regions: Vec<_> = EMERGENCY.iter().flat_map(|(r, _)| r.split(' ')).collect();
        let all = regions.len();
        regions.sort_unstable();
        regions.dedup();
        assert_eq!(regions.len(), all);
        assert!(regions.iter().all(|region| Region::parse(region).is_some()));
    }
}
