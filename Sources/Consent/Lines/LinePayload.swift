// SPDX-License-Identifier: Apache-2.0

/// What is signed: the members that all lines share, in this order, and then those of the kind.
///
/// ```
/// {"v":1,"relationship":…,"kind":…,"time":…,"seen":…,"void":[…],"certificate":…, …}
/// ```
struct LinePayload: Equatable, Sendable {
  /// The largest list of dead lines that a line may carry.
  static let maximumVoid = 64

  var relationship: RelationshipID
  var time: ConsentTime
  var seen: ConsentHead?
  var void: [LineHash]
  var certificate: [UInt8]?
  var body: LineBody

  var bytes: [UInt8] {
    var members = [
      JSONMember("v", .integer(1)),
      JSONMember("relationship", Encoded.value(relationship.bytes)),
      JSONMember("kind", .string(body.kind.rawValue)),
      JSONMember("time", .time(time)),
    ]
    if let seen { members.append(JSONMember("seen", Encoded.value(seen.bytes))) }
    members.append(JSONMember("void", .array(void.map { Encoded.value($0.bytes) })))
    if let certificate { members.append(JSONMember("certificate", Encoded.value(certificate))) }
    return JSONValue.object(members + body.members).bytes
  }

  init(
    relationship: RelationshipID, time: ConsentTime, seen: ConsentHead?, void: [LineHash],
    certificate: [UInt8]?, body: LineBody
  ) {
    self.relationship = relationship
    self.time = time
    self.seen = seen
    self.void = void
    self.certificate = certificate
    self.body = body
  }

  init(_ bytes: [UInt8]) throws(ConsentError) {
    let value: JSONValue
    do {
      value = try JSONReader.read(bytes, maximumBytes: UnverifiedLine.maximumBytes)
    } catch {
      throw .json(error)
    }
    var members = try JSONMembers(value)
    // First of all: what follows is only known for this version.
    guard case .integer(1)? = members.take("v") else { throw .unsupported }
    let kind = try LineKind(named: try members.string("kind"))
    guard let relationship = RelationshipID(try members.bytes("relationship", count: 16)) else {
      throw .line(.outOfRange)
    }
    self.relationship = relationship
    time = try members.time("time")
    seen = try members.optionalBytes("seen", count: 32).flatMap { ConsentHead($0) }
    void = []
    for item in try members.array("void", limit: LinePayload.maximumVoid) {
      guard case .string(let text) = item else { throw .line(.wrongType) }
      guard let hash = LineHash(try Encoded.bytes(of: text)) else { throw .line(.outOfRange) }
      void.append(hash)
    }
    guard Set(void).count == void.count else { throw .line(.outOfRange) }
    if members.has("certificate") {
      let bytes = try Encoded.bytes(of: try members.string("certificate"))
      guard bytes.count <= 4_096 else { throw .line(.outOfRange) }
      certificate = bytes
    }
    body = try LineBody(kind, from: &members)
    try members.finish()
  }
}
