// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// What ends an epoch and begins the next, RFC 9420 section 12.4.
///
/// ```
/// struct {
///     ProposalOrRef proposals<V>;
///     optional<UpdatePath> path;
/// } Commit;
/// ```
public struct Commit: Hashable, Sendable, WireCodable {
  public var proposals: [ProposalOrRef]
  public var path: UpdatePath?

  public init(proposals: [ProposalOrRef], path: UpdatePath?) {
    self.proposals = proposals
    self.path = path
  }

  public init(from reader: inout WireReader) throws(WireError) {
    proposals = try reader.readVector()
    path = try reader.readOptional()
  }

  public func encode(into writer: inout WireWriter) {
    writer.writeVector(proposals)
    writer.writeOptional(path)
  }
}
