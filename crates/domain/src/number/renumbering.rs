//! Known renumberings: numbers that a CRM may still hold in another form than the network sends.

/// Numbers whose prefix changed and whose other digits stayed.
struct Renumbering {
    /// Country calling code.
    code: &'static str,
    /// How many digits stayed.
    digits: usize,
    /// Which digits may stand at the first places of those that stayed; any where not named.
    leading: &'static [&'static str],
    /// What stood before them.
    old: &'static str,
    /// What stands before them today.
    new: &'static str,
    /// Whether the old form is no longer a number. Else both are, and only people mix them up.
    retired: bool,
}

const TABLE: [Renumbering; 9] = [
    // Mexico, 3 August 2019: the `1` of mobiles fell away.
    // Source: IFT (Mexico), Plan Técnico Fundamental de Numeración of 2018, in force on that day.
    Renumbering { code: "52", digits: 10, leading: &[], old: "1", new: "", retired: true },
    // Argentina: mobiles are called with a `9` from abroad and stored without it.
    // Source: Plan Fundamental de Numeración Nacional (Res. SC 46/97), mobile numbers.
    Renumbering { code: "54", digits: 10, leading: &[], old: "", new: "9", retired: false },
    // Benin, 30 November 2024: `01` before every number.
    // Source: ARCEP Bénin, "Nouveau plan national de numérotation à 10 chiffres".
    Renumbering { code: "229", digits: 8, leading: &[], old: "", new: "01", retired: true },
    // Côte d'Ivoire, 31 January 2021: a prefix for each operator, mobile and fixed.
    // Source: ARTCI, "Basculement à 10 chiffres"; which old ranges were whose:
    // fr.wikipedia.org "Liste des indicatifs téléphoniques en Côte d'Ivoire".
    ivory_coast(&["0456789", "0123"], "01"),
    ivory_coast(&["0456789", "456"], "05"),
    ivory_coast(&["0456789", "789"], "07"),
    ivory_coast(&["23", ANY, "8"], "21"),
    ivory_coast(&["23", ANY, "0"], "25"),
    ivory_coast(&["23", ANY, "12345679"], "27"),
];

const ANY: &str = "0123456789";

const fn ivory_coast(leading: &'static [&'static str], new: &'static str) -> Renumbering {
    Renumbering { code: "225", digits: 8, leading, old: "", new, retired: true }
}

impl Renumbering {
    /// Puts one prefix in place of the other, if this is such a number.
    fn swap(&self, e164: &str, from: &str, to: &str) -> Option<String> {
        let rest = e164.strip_prefix('+')?.strip_prefix(self.code)?.strip_prefix(from)?;
        let fits = rest.len() == self.digits
            && rest.bytes().all(|b| b.is_ascii_digit())
            && rest.chars().zip(self.leading).all(|(digit, allowed)| allowed.contains(digit));
        fits.then(|| format!("+{}{to}{rest}", self.code))
    }
}

/// Today's form of a number whose own form is no longer one.
pub(super) fn today(e164: &str) -> Option<String> {
    TABLE.iter().filter(|r| r.retired).find_map(|r| r.swap(e164, r.old, r.new))
}

/// The other forms under which this number may be stored.
pub(super) fn other_forms(e164: &str) -> impl Iterator<Item = String> {
    TABLE
        .iter()
        .flat_map(move |r| [r.swap(e164, r.old, r.new), r.swap(e164, r.new, r.old)])
        .flatten()
}
