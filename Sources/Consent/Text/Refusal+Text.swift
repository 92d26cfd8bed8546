// SPDX-License-Identifier: Apache-2.0

extension Refusal: CustomStringConvertible {
  /// What is so, in a person's words; the next step is the caller's to name.
  public var description: String {
    switch self {
    case .notGranted: "the client has not consented to anything yet"
    case .notAcknowledged: "signed by the client, but not yet acknowledged by the therapist"
    case .notOffered: "the terms do not offer this"
    case .notAccepted: "the client did not consent to this"
    case .withdrawn(let time): "the client withdrew this on \(time.day)"
    case .withdrawnEntirely: "the client withdrew the consent"
    case .expired(let time): "the consent expired on \(time.day)"
    case .notYet(let time): "the consent is valid only from \(time.rfc3339)"
    case .lapsed: "the consent lapsed: it was not counter-signed within 14 days"
    case .ended: "the relationship has ended"
    case .notForThisRole: "a supervisor does not write here"
    }
  }

  /// A stable word for programs.
  public var code: String {
    switch self {
    case .notGranted: "not_granted"
    case .notAcknowledged: "not_acknowledged"
    case .notOffered: "not_offered"
    case .notAccepted: "not_accepted"
    case .withdrawn: "withdrawn"
    case .withdrawnEntirely: "withdrawn_entirely"
    case .expired: "expired"
    case .notYet: "not_yet"
    case .lapsed: "lapsed"
    case .ended: "ended"
    case .notForThisRole: "not_for_this_role"
    }
  }
}

extension Scope {
  /// What it is, in a person's words.
  public var words: String {
    switch self {
    case .text: "text messages"
    case .voice: "voice notes"
    case .image: "images"
    case .file: "files"
    case .live: "live sessions"
    case .questionnaires: "questionnaires"
    case .supervision: "supervision"
    case .recording: "recording of sessions"
    case .research: "research"
    }
  }
}
