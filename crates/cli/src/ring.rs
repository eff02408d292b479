//! `ringsidectl ring`: the hook of a softphone, which waits for us before it goes on. So this way
//! starts no runtime, reads no settings and waits for no answer that does not come at once.

use std::ffi::OsString;

use ringside_engine::socket::hand_over;
use ringside_protocol::{Command, ErrorCode, Fault, Reply};
use ringside_softphone::inlet::Given;
use ringside_softphone::twinkle;

use crate::args::HookOf;
use crate::print;
use crate::talk::{Failure, connect_failure, home};

/// The words behind `ring`, and whether JSON is wanted, if this is what the command line says.
pub(crate) fn words(mut args: impl Iterator<Item = OsString>) -> Option<(Vec<String>, bool)> {
    let mut json = false;
    let verb = loop {
        let arg = args.next()?;
        if arg != "--json" {
            break arg;
        }
        json = true;
    };
    if verb != "ring" {
        return None;
    }
    let mut words: Vec<String> = args.map(|arg| arg.to_string_lossy().into_owned()).collect();
    words.retain(|word| {
        json |= word == "--json";
        word != "--json"
    });
    // Help is for whoever types it.
    let help = words.iter().any(|word| word == "--help" || word == "-h");
    (!help && !words.is_empty()).then_some((words, json))
}

/// Hands the report over.
pub(crate) fn run(words: Vec<String>, json: bool) -> Result<(), Failure> {
    let bad = |reason: String| Fault::new(ErrorCode::BadRequest).with("reason", reason);
    let given = Given::from_words(words).map_err(|error| bad(error.to_string()))?;
    given.read().map_err(|error| bad(error.to_string()))?;
    let Given { number, name, id, line, phase, direction, queue, softphone, key: _ } = given;
    let command = Command::Ring { number, name, id, line, phase, direction, queue, softphone };
    say(command, json)
}

/// Hands over what our own hook in a softphone was told.
pub(crate) fn hook(softphone: HookOf, json: bool) -> Result<(), Failure> {
    let command = match softphone {
        HookOf::Twinkle => Command::Hook { environment: twinkle::environment() },
    };
    say(command, json)
}

fn say(command: Command, json: bool) -> Result<(), Failure> {
    let answer = hand_over(&home()?, command).map_err(connect_failure)?;
    print::reply(&answer.unwrap_or(Ok(Reply::Done))?, json);
    Ok(())
}
