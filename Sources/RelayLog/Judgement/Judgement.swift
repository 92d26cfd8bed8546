// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// The judgement of one append: a pure function of what the store holds and what is asked.
package enum Judgement {
  /// What the store says about an append before it is judged.
  package struct Evidence: Sendable {
    /// Nil for a channel that never was or is no more.
    package var channel: ChannelRow?
    package var access: Access
    /// An entry of this channel under the same envelope id.
    package var seen: (at: LogAt, entry: EntryHash)?
    /// Whether a named hash is the current one or that of a retired token.
    package var namesUsedHash: Bool
    package var circumstances: Circumstances

    package init(
      channel: ChannelRow?, access: Access, seen: (at: LogAt, entry: EntryHash)?,
      namesUsedHash: Bool, circumstances: Circumstances = Circumstances()
    ) {
      self.channel = channel
      self.access = access
      self.seen = seen
      self.namesUsedHash = namesUsedHash
      self.circumstances = circumstances
    }
  }

  /// The order matters: who holds no token learns nothing; a retry gets its first answer also after
  /// the lock has turned; only then is the token's age looked at.
  package static func judge(_ job: AppendJob, _ evidence: Evidence) -> Verdict {
    if let malformation = job.malformation { return .refuse(.refused(malformation)) }
    guard let channel = evidence.channel, !channel.isClosed, evidence.access != .none else {
      return .refuse(.refused(.noSuchChannel))
    }
    let verdict = judge(job, evidence, in: channel)
    if case .append = verdict { return verdict }
    // What comes to nothing new takes a turn of the writer as well. What is put back after a restore may
    // have been put back by others.
    let isRepair = job.at != nil && evidence.circumstances.isRecovering
    guard isRepair || !evidence.circumstances.isOverRepeats else {
      return .refuse(.refused(.limited))
    }
    return verdict
  }

  private static func judge(
    _ job: AppendJob, _ evidence: Evidence, in channel: ChannelRow
  ) -> Verdict {
    if let seen = evidence.seen, evidence.access.reads(seen.at.position) {
      return seen.entry == job.entry ? .replay(seen.at) : .refuse(.refused(.idConflict))
    }
    if case .retired(let last) = evidence.access { return .refuse(.tokenRetired(last: last)) }
    if let at = job.at {
      guard at.position == channel.head.position.next, at.chain == channel.head.chain else {
        return .refuse(.notAt(channel.head))
      }
    } else if evidence.circumstances.isRecovering {
      // Who writes on before the others have repaired the log makes two of it.
      return .refuse(.refused(.recovering))
    }
    let limits = ChannelLimits.of(channel.kind)
    if let turn = job.turn {
      guard turn == channel.turn else { return .refuse(.refused(.noSuchChannel)) }
      guard limits.mayTurn else { return .refuse(.refused(.malformed)) }
      guard !evidence.namesUsedHash else { return .refuse(.refused(.tokenReused)) }
    }
    // A turn is never over quota, below one a minute: it may be a withdrawal of consent. What is put
    // back after a restore has been counted once.
    let isExempt =
      job.turn != nil && !evidence.circumstances.hasTurnedLately
      || job.at != nil && evidence.circumstances.isRecovering
    if !isExempt {
      guard !evidence.circumstances.isOverRate else { return .refuse(.refused(.limited)) }
      let bytes = channel.bytes.addingReportingOverflow(UInt64(job.envelope.count))
      guard channel.envelopes < limits.envelopes, !bytes.overflow,
        bytes.partialValue <= limits.bytes
      else { return .refuse(.refused(.quota)) }
    }
    guard !evidence.circumstances.isDiskLow else { return .refuse(.refused(.storeFull)) }
    guard let position = channel.head.position.next else { return .refuse(.refused(.quota)) }
    return .append(
      LogAt(position: position, chain: channel.head.chain.adding(job.entry, at: position)))
  }
}
