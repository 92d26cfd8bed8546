// SPDX-License-Identifier: Apache-2.0

import GRDB
import RelayProtocol

/// One thing for the writer to do, and who waits for it.
struct WriterJob: Sendable {
  /// What it does inside the transaction; the answer goes out after the commit, refusals too.
  let perform: @Sendable (Database, WriterMemory) throws -> Outcome
  /// Whose it is, by the token that is shown: not by the channel, whose name strangers may know as well.
  let token: TokenHash?
  /// What it adds to a batch in bytes.
  let cost: Int
  let answer: @Sendable (Result<Outcome, RelayError>) -> Void

  /// What a job came to.
  struct Outcome: Sendable {
    var result: Result<Appended?, RelayError>
    /// Whose followers are to be woken.
    var touched: ChannelID?
    /// Whether it puts something back into a store that recovers.
    var isRepair = false
    /// Whether something was there already.
    var isNew = true
    /// The UTC day after which the channel ends.
    var expires: Int64?
    /// What was shown for it, where something was to be paid.
    var payment: Judgement.Payment?
    /// How far a blob is.
    var blob: BlobState?
    /// The file of a part that was there already.
    var part: PartName?
  }
}
