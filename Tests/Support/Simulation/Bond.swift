// SPDX-License-Identifier: Apache-2.0

import Consent
import Engine

/// One relationship as the simulation remembers it: what was done, by whom, and when.
final class Bond {
  /// A text that somebody tried to send; unique in its world.
  struct Attempt {
    let text: String
    let scope: Scope
    /// Whether the sender's store took it.
    var isRecorded: Bool
  }

  /// A withdrawal that the client has signed.
  struct Signed {
    let withdrawal: Withdrawal
    let step: Int
    let time: Int64
  }

  /// An end that is not connected, and why that is in order.
  enum Outcome { case open, void }

  let index: Int
  let client: Device
  let clientName: LocalName
  let therapistName: LocalName
  var invitation: Invitation?
  var terms: Terms?
  /// An invitation or an answer is being made.
  var isMeeting = false
  var isAccepted = false
  var isConnected = false
  var outcome = Outcome.open
  /// In the order of writing, by sender.
  var attempts: [ConsentRole: [Attempt]] = [:]
  var withdrawals: [Signed] = []
  /// Steps at which the client asked for a scope again.
  var askedAgain: [(scope: Scope, step: Int)] = []
  /// Withdrawals handed over as a file that the therapist's store has taken.
  var carried: [Withdrawal] = []
  /// A process died while it took such a file: whether it did is not known here.
  var isCarryingUnknown = false
  /// A withdrawal is being signed or taken: what binds is not known until that is over.
  var isUncertain = false

  init(_ index: Int, client: Device, clientName: LocalName, therapistName: LocalName) {
    self.index = index
    self.client = client
    self.clientName = clientName
    self.therapistName = therapistName
  }
}
