//! Softphones that can call a program or an address, and the lines that a person puts into each:
//! in that product's own words for who calls. Sources stand beside each product; where nothing was
//! found in writing, the words of the catalogue say so.

/// How the inlet is reached, as a person would paste it.
#[derive(Clone, Debug)]
pub struct Ways {
    /// `ringsidectl ring`, as a command line calls it.
    pub program: String,
    /// `http://127.0.0.1:PORT/v1/ring?key=…`.
    pub http: String,
    /// `ringside://ring?key=…`.
    pub link: String,
}

/// A softphone with a hook, or one that is asked for although it has none.
#[derive(Debug)]
pub struct Product {
    /// Its id; the catalogue has its name under `hook-<id>`, where to put the lines under
    /// `hook-<id>-where`, and what it cannot tell under `hook-<id>-not`.
    pub id: &'static str,
    /// What it tells beside the number.
    pub tells: &'static [Tells],
    lines: &'static [Template],
}

/// What a product can tell of a call, beside its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    /// The caller's display name.
    Name,
    /// That the call was answered.
    Answered,
    /// That the call is over.
    Ended,
    /// Calls that the agent makes.
    Outbound,
    /// The line that rings.
    Line,
}

/// One line, before it is known where Ringside is.
#[derive(Debug)]
struct Template {
    /// Where in the product: its field or event, in its own words.
    field: &'static str,
    way: Way,
    /// What comes behind the way, with the product's own variables.
    rest: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum Way {
    /// A command line.
    Program,
    /// The program alone, with what follows in a field of its own.
    Arguments,
    Http,
    Link,
}

/// One line to paste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where in the product, in its own words.
    pub field: &'static str,
    /// What to put there.
    pub text: String,
}

use Tells::{Answered, Ended, Line as OwnLine, Name, Outbound};

/// All products, by name.
pub const PRODUCTS: &[Product] = &[
    // docs.auerswald.de, COMfortel SoftPhone, "Edit Open URL Rule".
    Product {
        id: "auerswald",
        tells: &[Name, Answered, Ended, Outbound],
        lines: &[
            http("REST API, ringing", "&softphone=auerswald&number={number}&name={name}"),
            http(
                "REST API, connected",
                "&softphone=auerswald&phase=answered&number={number}&name={name}",
            ),
            http("REST API, ended", "&softphone=auerswald&phase=ended&number={number}"),
        ],
    },
    // Nothing in writing names a hook for programs or addresses.
    Product { id: "bria", tells: &[], lines: &[] },
    // innovaphone myPBX manual, version 10, page 21.
    Product {
        id: "innovaphone",
        tells: &[Name],
        lines: &[arguments(
            "Parameters",
            "ring --softphone innovaphone --phase answered --number $n --name $d",
        )],
    },
    // It has no hook; its daemon is another program.
    Product { id: "linphone", tells: &[], lines: &[] },
    // MicroSIP 3.20, settings.cpp and mainDlg.cpp: the number is added behind a blank.
    Product {
        id: "microsip",
        tells: &[Answered, Ended, Outbound],
        lines: &[
            program("cmdIncomingCall", " --softphone microsip --number"),
            program("cmdOutgoingCall", " --softphone microsip --direction outbound --number"),
            program("cmdCallStart", " --softphone microsip --phase answered --number"),
            program("cmdCallEnd", " --softphone microsip --phase ended --number"),
        ],
    },
    // help.ringotel.co, "Screen pop-ups".
    Product {
        id: "ringotel",
        tells: &[Name, OwnLine],
        lines: &[link(
            "Screen Pop-up/URL path",
            "&softphone=ringotel&number=$caller$&name=$caller_name$&line=$number$",
        )],
    },
    // Names of variables from users' reports.
    Product {
        id: "3cx",
        tells: &[Name],
        lines: &[link(
            "Open Contact URL",
            "&softphone=3cx&number=%CallerNumber%&name=%CallerDisplayName%",
        )],
    },
    // wildix.atlassian.net, "How to set up web application integration via Popup URL".
    Product {
        id: "wildix",
        tells: &[Name, Answered, Outbound, OwnLine],
        lines: &[
            link(
                "Ringing",
                "&softphone=wildix&number={CALLERNUM}&name={CALLERNAME}&line={USERNUM}",
            ),
            link(
                "Call generation",
                "&softphone=wildix&direction=outbound&number={CALLERNUM}&name={CALLERNAME}&line={USERNUM}",
            ),
            link(
                "Answer",
                "&softphone=wildix&phase=answered&number={CALLERNUM}&name={CALLERNAME}&line={USERNUM}",
            ),
        ],
    },
    // The same rules as COMfortel SoftPhone, which is built on it.
    Product {
        id: "zoiper",
        tells: &[Name, Answered, Ended, Outbound],
        lines: &[
            http("Ringing", "&softphone=zoiper&number={phone}&name={name}"),
            http("Connected", "&softphone=zoiper&phase=answered&number={phone}&name={name}"),
            http("Ended", "&softphone=zoiper&phase=ended&number={phone}"),
        ],
    },
    // Settings, Phone, "Launch external app or URL for incoming calls" (client 5.4.7 and later).
    Product {
        id: "zoom",
        tells: &[],
        lines: &[program("Launch external app or URL", " --softphone zoom --number")],
    },
];

const fn program(field: &'static str, rest: &'static str) -> Template {
    Template { field, way: Way::Program, rest }
}

const fn arguments(field: &'static str, rest: &'static str) -> Template {
    Template { field, way: Way::Arguments, rest }
}

const fn http(field: &'static str, rest: &'static str) -> Template {
    Template { field, way: Way::Http, rest }
}

const fn link(field: &'static str, rest: &'static str) -> Template {
    Template { field, way: Way::Link, rest }
}

impl Product {
    /// What to put into it, where Ringside is reached so.
    pub fn lines(&self, ways: &Ways) -> Vec<Line> {
        let mut lines = Vec::new();
        for Template { field, way, rest } in self.lines {
            let start = match way {
                Way::Program => ways.program.as_str(),
                Way::Http => ways.http.as_str(),
                Way::Link => ways.link.as_str(),
                Way::Arguments => {
                    let path = ways.program.strip_suffix(" ring").unwrap_or(&ways.program);
                    // A field for a path takes it without quotes.
                    lines.push(Line { field: "Path", text: path.trim_matches('"').to_owned() });
                    ""
                }
            };
            lines.push(Line { field, text: format!("{start}{rest}") });
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use ringside_domain::Direction;

    use super::*;
    use crate::inlet::{Given, Report, ReportPhase, Unreadable};

    /// What each product puts in for a variable of its own, and an empty text for what it leaves.
    const FILLED: [(&str, &str); 12] = [
        ("{number}", "+14155550142"),
        ("{phone}", "+14155550142"),
        ("{name}", "Nadia%20Okafor"),
        ("$caller_name$", "Nadia%20Okafor"),
        ("$caller$", "+14155550142"),
        ("$number$", "204"),
        ("$n", "+14155550142"),
        ("$d", "Nadia Okafor"),
        ("%CallerNumber%", "+14155550142"),
        ("%CallerDisplayName%", "Nadia%20Okafor"),
        ("{CALLERNUM}", "+14155550142"),
        ("{CALLERNAME}", "Nadia%20Okafor"),
    ];

    fn ways() -> Ways {
        Ways {
            program: "\"C:\\Program Files\\Ringside\\ringsidectl.exe\" ring".into(),
            http: "http://127.0.0.1:17464/v1/ring?key=secret".into(),
            link: "ringside://ring?key=secret".into(),
        }
    }

    /// The report that comes of a line, as the product would call it.
    fn report(product: &Product, line: &str, filled: bool) -> Result<Report, Unreadable> {
        let mut line = line.to_owned();
        if filled {
            for (variable, value) in FILLED {
                line = line.replace(variable, value);
            }
            line = line.replace("{USERNUM}", "204");
        }
        // These two add the number by themselves, unquoted.
        if ["microsip", "zoom"].contains(&product.id) {
            line.push_str(" +1 415 555 0142");
        }
        let given = if let Some((_, query)) = line.split_once("/v1/ring?") {
            Given::from_query(query)
        } else if line.starts_with("ringside:") {
            Given::from_url(&line).unwrap()
        } else {
            let words = line.split_once("ring --").unwrap().1;
            let words = format!("--{words}");
            Given::from_words(words.split(' ').map(str::to_owned)).unwrap()
        };
        given.read()
    }

    fn calling(product: &Product) -> Vec<Line> {
        product.lines(&ways()).into_iter().filter(|line| line.field != "Path").collect()
    }

    #[test]
    fn every_line_says_who_calls_when_its_product_fills_it_in() {
        for product in PRODUCTS {
            for line in calling(product) {
                let report = report(product, &line.text, true).unwrap();
                let number = report.number.as_deref().map(|text| text.replace(' ', ""));
                assert_eq!(number.as_deref(), Some("+14155550142"), "{line:?}");
                assert_eq!(report.softphone, product.id);
                if product.tells.contains(&Name) && !matches!(report.phase, ReportPhase::Ended(_)) {
                    assert_eq!(report.name.as_deref(), Some("Nadia Okafor"), "{line:?}");
                }
                if product.tells.contains(&OwnLine) {
                    assert_eq!(report.line.as_deref(), Some("204"), "{line:?}");
                }
            }
        }
    }

    #[test]
    fn a_variable_that_is_not_filled_in_names_nobody() {
        for product in PRODUCTS {
            for line in calling(product) {
                match report(product, &line.text, false) {
                    Ok(report) => assert_eq!((report.name, report.line), (None, None), "{line:?}"),
                    Err(error) => assert_eq!(error, Unreadable::NoNumber),
                }
            }
        }
    }

    #[test]
    fn what_a_product_is_said_to_tell_is_in_its_lines() {
        for product in PRODUCTS {
            let lines = calling(product);
            let reports = lines.iter().map(|line| report(product, &line.text, true));
            let reports: Vec<_> = reports.collect::<Result<_, _>>().unwrap();
            let any = |holds: fn(&Report) -> bool| reports.iter().any(holds);
            let answered = any(|report| report.phase == ReportPhase::Answered);
            let ended = any(|report| matches!(report.phase, ReportPhase::Ended(_)));
            let tells = |what| product.tells.contains(&what);
            assert!(answered || !tells(Answered), "{}", product.id);
            assert_eq!(ended, tells(Ended), "{}", product.id);
            let outbound = any(|report| report.direction == Some(Direction::Outbound));
            assert!(!outbound || tells(Outbound), "{}", product.id);
            for text in ["", "-where", "-not"] {
                assert!(ringside_words::has(&format!("hook-{}{text}", product.id)));
            }
        }
    }

    #[test]
    fn microsip_takes_no_longer_lines() {
        let microsip = PRODUCTS.iter().find(|product| product.id == "microsip").unwrap();
        assert!(microsip.lines(&ways()).iter().all(|line| line.text.len() <= 255));
    }
}
