// SPDX-License-Identifier: Apache-2.0

public import MLS
public import Primitives

/// Joining for clients that are in no other group: tests, vectors and drivers with a client per group.
extension Group {
  public init(
    joining welcome: Welcome, with keyPackage: OwnKeyPackage, tree: UnverifiedRatchetTree? = nil,
    preSharedKeys: some PreSharedKeyStore = NoPreSharedKeys(), predecessor: Group? = nil,
    settings: GroupSettings = GroupSettings(), validation: Validation
  ) throws(MLSError) {
    try self.init(
      joining: welcome, with: keyPackage, tree: tree, preSharedKeys: preSharedKeys,
      predecessor: predecessor, settings: settings, validation: validation,
      isInUse: { _ in false })
  }

  public static func joinExternally(
    _ info: GroupInfo, tree: UnverifiedRatchetTree? = nil, as parameters: LeafParameters,
    replacing: LeafIndex? = nil, keyIDs: [PreSharedKeyID] = [],
    preSharedKeys: some PreSharedKeyStore = NoPreSharedKeys(),
    settings: GroupSettings = GroupSettings(), authenticatedData: [UInt8] = [],
    validation: Validation, random: some RandomSource
  ) throws(MLSError) -> ExternalJoin {
    try joinExternally(
      info, tree: tree, as: parameters, replacing: replacing, keyIDs: keyIDs,
      preSharedKeys: preSharedKeys, settings: settings, authenticatedData: authenticatedData,
      validation: validation, isInUse: { _ in false }, random: random)
  }
}
