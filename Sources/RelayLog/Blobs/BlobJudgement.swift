// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// The judgement of everything about blobs: a pure function of what the store holds and what is asked.
package enum BlobJudgement {
  /// What the store says before a wish is judged.
  package struct Evidence: Sendable {
    /// Nil for a channel that never was or is no more.
    package var channel: ChannelRow?
    package var access: Access
    /// Nil for a blob that never was.
    package var blob: BlobStage?
    /// For a part: the hash of the one that lies in its place.
    package var found: PartHash?
    /// For a seal: that of the parts which are there; nil for none, or with a gap between them.
    package var collected: BlobSeal?
    /// What all blobs of the channel take, in bytes.
    package var blobBytes: UInt64
    /// How many blobs the channel has, with those that are gone.
    package var blobs: UInt64
    package var circumstances: Circumstances

    package init(
      channel: ChannelRow?, access: Access, blob: BlobStage?, found: PartHash? = nil,
      collected: BlobSeal? = nil, blobBytes: UInt64 = 0, blobs: UInt64 = 0,
      circumstances: Circumstances = Circumstances()
    ) {
      self.channel = channel
      self.access = access
      self.blob = blob
      self.found = found
      self.collected = collected
      self.blobBytes = blobBytes
      self.blobs = blobs
      self.circumstances = circumstances
    }
  }

  /// The order is that of appends: who holds no token learns nothing; a retry has its first answer;
  /// then the token's age, then what is asked, then what there is room for.
  ///
  /// A retired token reads what was sealed before the turn that retired it, as it reads the log: of
  /// later blobs it does not learn that they are there. It changes nothing, and puts nothing in its place again either: a
  /// part is written before it is known to be the same.
  package static func judge(_ wish: BlobWish, _ evidence: Evidence) -> BlobVerdict {
    guard let channel = evidence.channel, !channel.isClosed, evidence.access != .none else {
      return .refuse(.refused(.noSuchChannel))
    }
    if case .retired(let last) = evidence.access {
      // Sealed at the very position of the turn is sealed behind it.
      let isVisible = evidence.blob?.sealedAt.map { $0 < last } ?? false
      guard isVisible, wish != .delete, !wish.isPart else {
        return wish.changesNothing
          ? .refuse(.refused(.noSuchBlob)) : .refuse(.tokenRetired(last: last))
      }
    }
    switch wish {
    case .make: return make(channel, evidence)
    case .part(_, let hash): return part(hash, channel, evidence)
    case .seal(let seal): return self.seal(seal, evidence)
    case .look, .read, .delete: break
    }
    switch (wish, evidence.blob) {
    case (_, nil): return .refuse(.refused(.noSuchBlob))
    case (.delete, .gone): return .already
    case (_, .gone): return .refuse(.refused(.trimmed))
    case (.read, .open): return .refuse(.refused(.unsealed))
    default: return .proceed
    }
  }

  private static func make(_ channel: ChannelRow, _ evidence: Evidence) -> BlobVerdict {
    switch evidence.blob {
    case .open, .sealed: return .already
    case .gone: return .refuse(.refused(.trimmed))
    case nil: break
    }
    if evidence.circumstances.isRecovering { return .refuse(.refused(.recovering)) }
    guard !evidence.circumstances.isOverRate else { return .refuse(.refused(.limited)) }
    // The row of a blob stays as long as its channel.
    guard evidence.blobs < ChannelLimits.of(channel.kind).blobs else {
      return .refuse(.refused(.quota))
    }
    return room(channel, evidence)
  }

  private static func part(
    _ hash: PartHash?, _ channel: ChannelRow, _ evidence: Evidence
  ) -> BlobVerdict {
    switch evidence.blob {
    case nil: return .refuse(.refused(.noSuchBlob))
    case .gone: return .refuse(.refused(.trimmed))
    case .open, .sealed: break
    }
    if let found = evidence.found {
      guard let hash else {
        // Each time a file is written, flushed and put in the other's place.
        return evidence.circumstances.isOverRepeats ? .refuse(.refused(.limited)) : .proceed
      }
      return found == hash ? .already : .refuse(.refused(.partConflict))
    }
    guard evidence.blob == .open else { return .refuse(.refused(.sealed)) }
    if evidence.circumstances.isRecovering { return .refuse(.refused(.recovering)) }
    return room(channel, evidence)
  }

  private static func seal(_ seal: BlobSeal, _ evidence: Evidence) -> BlobVerdict {
    switch evidence.blob {
    case nil: return .refuse(.refused(.noSuchBlob))
    case .gone: return .refuse(.refused(.trimmed))
    case .sealed(let known, _):
      return known == seal ? .already : .refuse(.refused(.sealed))
    case .open: break
    }
    if evidence.circumstances.isRecovering { return .refuse(.refused(.recovering)) }
    guard let collected = evidence.collected, collected.parts >= seal.parts else {
      return .refuse(.refused(.partsMissing))
    }
    guard collected == seal else { return .refuse(.refused(.hashMismatch)) }
    guard !evidence.circumstances.isDiskLow else { return .refuse(.refused(.storeFull)) }
    return .proceed
  }

  /// Whether one part more fits into the channel and onto the disk.
  private static func room(_ channel: ChannelRow, _ evidence: Evidence) -> BlobVerdict {
    let bytes = evidence.blobBytes.addingReportingOverflow(UInt64(PartIndex.partLength))
    guard !bytes.overflow, bytes.partialValue <= ChannelLimits.of(channel.kind).blobBytes else {
      return .refuse(.refused(.quota))
    }
    guard !evidence.circumstances.isDiskLow else { return .refuse(.refused(.storeFull)) }
    return .proceed
  }
}
