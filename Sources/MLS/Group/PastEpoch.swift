// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

/// What opens application messages of an epoch gone by, where the settings keep any.
struct PastEpoch: Sendable {
  let epoch: Epoch
  let encodedContext: [UInt8]
  let senderData: SharedSecret
  var secretTree: SecretTree
  /// The members of that epoch: a message is judged by the leaf its sender had when it was sent.
  let leaves: [LeafIndex: LeafNode]
  /// How many bytes the leaves have.
  private let leafBytes: Int

  init(of group: Group) {
    epoch = group.epoch
    encodedContext = group.encodedContext
    senderData = group.keys.senderData
    secretTree = group.secretTree
    leaves = Dictionary(uniqueKeysWithValues: group.tree.members.map { ($0.index, $0.leaf) })
    leafBytes = leaves.values.reduce(0) { $0 + $1.encoded.count }
  }

  /// The newest of these epochs, as many as the settings keep and as a stored state has room for.
  ///
  /// Other members say how large an epoch is: half of what a vector holds is for all of them.
  static func newest(
    _ count: Int, of epochs: [PastEpoch], within room: Int = 1 << 29
  ) -> [PastEpoch] {
    var left = room
    let kept = epochs.suffix(count).reversed().prefix { past in
      left -= past.storedCapacity
      return left >= 0
    }
    return kept.reversed()
  }

  // MARK: Stored state

  /// No fewer bytes than it takes when stored.
  var storedCapacity: Int {
    secretTree.storedCapacity + encodedContext.count + leafBytes + 16 * leaves.count + 256
  }

  func encodeExposingSecrets(into writer: inout WireWriter) {
    writer.write(epoch)
    writer.writeOpaque(encodedContext)
    writer.writeSecret(senderData)
    secretTree.encodeExposingSecrets(into: &writer)
    writer.writeVector { (inner: inout WireWriter) in
      for (index, leaf) in leaves.sorted(by: { $0.key < $1.key }) {
        inner.write(index)
        inner.write(leaf)
      }
    }
  }

  init(exposedFrom reader: inout WireReader, suite: CipherSuite) throws(WireError) {
    epoch = try reader.read()
    encodedContext = try reader.readOpaque()
    senderData = try reader.readSecret()
    secretTree = try SecretTree(exposedFrom: &reader, suite: suite)
    var leaves: [LeafIndex: LeafNode] = [:]
    try reader.readVector { (inner) throws(WireError) in
      while !inner.isAtEnd { leaves[try inner.read()] = try inner.read() }
    }
    self.leaves = leaves
    leafBytes = leaves.values.reduce(0) { $0 + $1.encoded.count }
  }
}
