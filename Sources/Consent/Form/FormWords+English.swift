// SPDX-License-Identifier: Apache-2.0

extension FormWords {
  static let english = FormWords(
    headings: Headings(
      introduction: {
        """
        Consent to messages as part of psychotherapy

        \($0) offers you to exchange messages between sessions. This form says what that means, what \
        it can and cannot do, and what happens to what you write. Please read it in peace, and ask \
        about whatever is unclear before you sign. You decide on every point separately.
        """
      },
      practice: "Who offers this", licence: "Licence", contact: "Contact",
      scopes: "What you can consent to, each on its own", purposes: "What it is for",
      data: "What is kept, where and how long", recipients: "Who can read it",
      risks: "Risks", benefits: "What may help", alternatives: "What you can do instead",
      limits: "Limits of confidentiality", answers: "When you can expect an answer",
      failure: "When technology fails", emergency: "This is not for emergencies",
      withdrawal: "You can stop at any time", refusing: "If you do not want this",
      scopeName: { scope in
        switch scope {
        case .text: "Text messages"
        case .voice: "Voice notes"
        case .image: "Images"
        case .file: "Files"
        case .live: "Live sessions"
        case .questionnaires: "Questionnaires"
        case .supervision: "Supervision"
        case .recording: "Recording"
        case .research: "Research"
        }
      },
      dates: { "This consent is valid from \($0) until \($1), unless you withdraw it earlier." }),
    purposeOf: { scope in
      switch scope {
      case .text: "written messages between sessions"
      case .voice: "recorded voice messages between sessions"
      case .image: "pictures that you or the practice send"
      case .file: "documents such as worksheets or letters"
      case .live: "conversations at the same time, by writing or voice, as agreed beforehand"
      case .questionnaires: "questionnaires about how you are, as discussed in the session"
      case .supervision: "excerpts, without your name, are discussed with a supervisor"
      case .recording: "sessions are recorded, each time only after asking you again"
      case .research: "use of your answers, without your name, for research"
      }
    },
    purposes: [
      "To support your treatment between sessions.",
      "To arrange appointments and to hand over material for the treatment.",
      "To keep the treatment record that the law demands of the practice.",
    ],
    kept:
      "The messages, the dates on which they were sent and read, and this consent with all changes.",
    place:
      "Encrypted on the devices of the practice and on yours. The relay in between holds encrypted "
      + "envelopes that it cannot read, and does not know who you are.",
    retention: { days in
      days == 0
        ? "Erased when the treatment ends, unless the law demands more."
        : "Erased \(days) days after the treatment has ended, unless the law demands that the practice "
          + "keeps its record for longer."
    },
    recipients: { practice, supervisor in
      ["\(practice) only; the relay cannot read anything."]
        + (supervisor.map {
          ["\($0), for supervision, excerpts without your name, and only if you consent to it."]
        } ?? [])
    },
    risks: [
      "Without voice and face, messages are more easily misunderstood, and a diagnosis or a crisis is "
        + "more easily missed.",
      "Whoever can use your unlocked device can read along. Set a passphrase that nobody else knows.",
      "A device can be lost or attacked. Encryption protects messages on their way and in the store, not "
        + "before the eyes of somebody who stands behind you.",
      "The law on treatment at a distance differs between countries and is not settled everywhere. If you "
        + "travel or move abroad, tell the practice first.",
      "Messages that were recorded today are encrypted also against future quantum computers; the "
        + "signatures on this consent are not.",
    ],
    benefits: [
      "You can write down what matters when it happens.",
      "What was agreed in the session can be taken up in everyday life.",
      "Writing can make it easier to say some things.",
    ],
    alternatives: [
      "Talking in the sessions only.",
      "Calling the practice at its hours, or a letter by post.",
      "Another practice, or care on site near you.",
    ],
    limits: [
      "The practice is bound to professional secrecy. It may or must break it only where the law says so: "
        + "in acute danger to your life or that of others, in danger to a child, or by order of a court.",
      "If the practice has to break it, it tells you before, whenever that is possible.",
      "In supervision and among colleagues, your case is discussed only if you consent, and without your "
        + "name.",
    ],
    responseTime: {
      "Messages are read on working days and answered \($0). No answer does not mean that nobody cares: "
        + "it may be the weekend, a holiday, or a fault."
    },
    defaultAnswersWithin: "within two working days",
    failure:
      "If messages do not arrive or a device is lost, call the practice. What cannot wait is never "
      + "left to a message. A withdrawal can also be handed over as a file or told in person.",
    emergencyPlan:
      "If you are in danger or think of harming yourself, do not write a message. Call one of these "
      + "numbers, or go to the nearest emergency department. Agree with the practice in the first session "
      + "whom it should call if it worries about you.",
    emergencyNumbers: ["112 (emergency, European Union)", "116 123 (emotional support helpline)"],
    withdrawal:
      "You can withdraw this consent at any time, as a whole or for a single point, without a "
      + "reason and without a disadvantage: 'alcove consent withdraw'. It holds from then on; what was "
      + "done before remains lawful.",
    redisclosure:
      "What somebody else has lawfully received - a court, an insurer, yourself - may be passed "
      + "on by them; the practice can no longer protect it there.",
    refusing:
      "Your treatment does not depend on this consent, nor on any single point of it. If you refuse, "
      + "it goes on in the sessions as before.")
}
