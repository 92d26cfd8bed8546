// SPDX-License-Identifier: Apache-2.0

/// The body of `grant`: the client's answer to the newest terms.
public struct Grant: Equatable, Sendable {
  /// Each scope with its own yes or no; a scope that is not answered is not granted.
  public var answers: [Scope: Bool]
  /// The name or pseudonym the client signs with.
  public var name: String
  /// Who signs for the client, and by what authority, if it is not the client.
  public var representative: Representative?
  /// When the consent expires.
  public var validUntil: ConsentTime
  /// The SHA-256 of the form as it was shown, 32 bytes.
  public var formHash: [UInt8]
  /// The KeyPackageRef (RFC 9420 §5.2) of the key package that the grant came with; its length is
  /// that of the suite's hash.
  public var keyPackage: [UInt8]

  public struct Representative: Equatable, Sendable {
    public var name: String
    public var authority: String

    public init(name: String, authority: String) {
      self.name = name
      self.authority = authority
    }
  }

  public init(
    answers: [Scope: Bool], name: String, representative: Representative? = nil,
    validUntil: ConsentTime, formHash: [UInt8], keyPackage: [UInt8]
  ) {
    self.answers = answers
    self.name = name
    self.representative = representative
    self.validUntil = validUntil
    self.formHash = formHash
    self.keyPackage = keyPackage
  }

  /// The scopes answered with yes.
  public var accepted: Set<Scope> { Set(answers.filter(\.value).keys) }

  var members: [JSONMember] {
    var members = [
      JSONMember("scopes", .answers(answers)),
      JSONMember("name", .string(name)),
    ]
    if let representative {
      members.append(
        JSONMember(
          "representative",
          .object([
            JSONMember("name", .string(representative.name)),
            JSONMember("authority", .string(representative.authority)),
          ])))
    }
    return members + [
      JSONMember("until", .time(validUntil)),
      JSONMember("form", Encoded.value(formHash)),
      JSONMember("key_package", Encoded.value(keyPackage)),
    ]
  }

  init(from members: inout JSONMembers) throws(ConsentError) {
    answers = try members.answers("scopes")
    name = try members.text("name", limit: 256)
    if var person = try members.optionalObject("representative") {
      representative = Representative(
        name: try person.text("name", limit: 256), authority: try person.text("authority"))
      try person.finish()
    }
    validUntil = try members.time("until")
    formHash = try members.bytes("form", count: 32)
    keyPackage = try Encoded.bytes(of: try members.string("key_package"))
    guard [32, 48, 64].contains(keyPackage.count) else { throw .line(.outOfRange) }
  }
}
