// SPDX-License-Identifier: Apache-2.0

/// The name of a proposal that was sent on its own, `RefHash("MLS 1.0 Proposal Reference",
/// authenticated_content)`; RFC 9420 section 5.2.
public struct ProposalRef: OpaqueBytes {
  public let bytes: [UInt8]
  public init(_ bytes: [UInt8]) { self.bytes = bytes }
}
