//! How a call ended: what the sources say, set against what we saw of it.

use crate::{Direction, EndReason};

/// What we saw of a call before its end.
pub(super) struct Seen {
    pub(super) direction: Direction,
    /// A conversation was seen.
    pub(super) answered: bool,
    /// There was a time in which we could not have seen an answer: Ringside was not running, the
    /// link was down, or the end is the first that we hear of the call.
    pub(super) gap: bool,
}

impl Seen {
    /// The reason of the end, from the last report and the earlier ones of other devices.
    ///
    /// Sources speak from one device's view: a lost fork reports a missed call although the agent
    /// took it elsewhere, and a hook says "ended" and no more. So:
    /// - after a conversation only "lost" and "voicemail" are more than "there was one";
    /// - without one, the report that knows most wins, and what cannot be is read as what it must
    ///   be: an inbound call is missed where nobody took it, an outbound one had no answer;
    /// - "answered" without an answer seen is believed only where there was a gap.
    pub(super) fn reason(&self, last: EndReason, earlier: &[EndReason]) -> EndReason {
        use EndReason::{
            Answered, AnsweredElsewhere, Busy, Cancelled, Failed, Lost, Missed, NoAnswer, Rejected,
            Voicemail,
        };
        if self.answered {
            return match last {
                Lost | Voicemail => last,
                _ => Answered,
            };
        }
        let best = earlier.iter().copied().fold(last, |best, reason| {
            if self.knowledge(reason) > self.knowledge(best) { reason } else { best }
        });
        match (best, self.direction) {
            (Answered, _) if self.gap => Answered,
            (Answered | Missed | NoAnswer | Cancelled | Busy, Direction::Inbound) => Missed,
            (Answered | Missed | NoAnswer | AnsweredElsewhere, Direction::Outbound) => NoAnswer,
            (Rejected | Failed | Lost | Voicemail | AnsweredElsewhere, _) => best,
            (Busy | Cancelled, Direction::Outbound) => best,
        }
    }

    /// How much a report knows: deeds and causes above absences, and "lost" below all.
    fn knowledge(&self, reason: EndReason) -> u8 {
        match reason {
            EndReason::Answered if self.gap => 8,
            EndReason::Rejected => 7,
            EndReason::AnsweredElsewhere => 6,
            EndReason::Voicemail => 5,
            EndReason::Busy => 4,
            EndReason::Cancelled => 3,
            EndReason::NoAnswer | EndReason::Missed | EndReason::Answered => 2,
            EndReason::Failed => 1,
            EndReason::Lost => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{Inbound, Outbound};
    use EndReason::*;

    const ALL: [EndReason; 10] = [
        Answered,
        Missed,
        Rejected,
        Busy,
        Cancelled,
        NoAnswer,
        AnsweredElsewhere,
        Voicemail,
        Failed,
        Lost,
    ];

    fn reasons(direction: Direction, answered: bool, gap: bool) -> [EndReason; 10] {
        ALL.map(|last| Seen { direction, answered, gap }.reason(last, &[]))
    }

    #[test]
    fn every_report_gets_the_reason_that_fits_what_was_seen() {
        let talked = [
            Answered, Answered, Answered, Answered, Answered, Answered, Answered, Voicemail,
            Answered, Lost,
        ];
        assert_eq!(reasons(Inbound, true, false), talked);
        assert_eq!(reasons(Outbound, true, true), talked);
        assert_eq!(
            reasons(Inbound, false, false),
            [
                Missed,
                Missed,
                Rejected,
                Missed,
                Missed,
                Missed,
                AnsweredElsewhere,
                Voicemail,
                Failed,
                Lost
            ]
        );
        assert_eq!(
            reasons(Outbound, false, false),
            [
                NoAnswer, NoAnswer, Rejected, Busy, Cancelled, NoAnswer, NoAnswer, Voicemail,
                Failed, Lost
            ]
        );
        assert_eq!(reasons(Inbound, false, true)[0], Answered);
        assert_eq!(reasons(Outbound, false, true)[0], Answered);
    }

    #[test]
    fn of_several_devices_the_one_that_knows_most_is_believed() {
        let seen = Seen { direction: Inbound, answered: false, gap: false };
        assert_eq!(seen.reason(Missed, &[Rejected]), Rejected);
        assert_eq!(seen.reason(AnsweredElsewhere, &[Missed]), AnsweredElsewhere);
        assert_eq!(seen.reason(Lost, &[Missed]), Missed);
        assert_eq!(seen.reason(Answered, &[AnsweredElsewhere]), AnsweredElsewhere);
        assert_eq!(seen.reason(Missed, &[Lost, AnsweredElsewhere, Missed]), AnsweredElsewhere);
        let talked = Seen { direction: Inbound, answered: true, gap: false };
        assert_eq!(talked.reason(Answered, &[Missed]), Answered);
        assert_eq!(talked.reason(Lost, &[Missed]), Lost);
    }
}
