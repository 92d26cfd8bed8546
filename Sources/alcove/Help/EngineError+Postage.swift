// SPDX-License-Identifier: Apache-2.0

import Engine

extension EngineError.Code {
  var postageGuidance: Guidance {
    switch self {
    case .postageMissing:
      Guidance(
        next: [
          "alcove relay postage request 20 > request",
          "whoever runs the relay: alcove-relay postage issue < request > answer",
          "alcove relay postage take < answer",
        ],
        why:
          "A new channel costs one token, and a client needs two: one for the invitation, one for"
          + " the relationship. Whoever runs the relay gives tokens to therapists and cannot tell"
          + " which channels they pay for. Clients pay for nothing.")
    case .postageAnswerInvalid:
      Guidance(
        next: ["alcove relay postage show", "alcove relay postage request 20 > request"],
        why: "The text was cut short or altered, is the answer to somebody else's request, or was"
          + " taken before. Nobody but the profile that made a request can use its answer.")
    case .postageNotNeeded:
      Guidance(
        next: ["alcove invite NAME"],
        why:
          "An open relay makes channels for everybody who reaches it. Go on as if postage did not"
          + " exist.")
    default:
      Guidance(
        next: ["alcove relay postage request 20 > request"],
        why: "Tokens can be asked for again at any time.")
    }
  }
}
