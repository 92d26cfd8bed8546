// SPDX-License-Identifier: Apache-2.0

internal import Certificates

extension Terms {
  var members: [JSONMember] {
    [
      JSONMember("practice", practice.value),
      JSONMember("form", form.value),
      JSONMember("scopes", .array(scopes.map(\.value))),
      JSONMember("purposes", .texts(purposes)),
      JSONMember("data", data.value),
      JSONMember("recipients", .texts(recipients)),
      JSONMember(
        "disclosed",
        .object([
          JSONMember("risks", .texts(risks)),
          JSONMember("benefits", .texts(benefits)),
          JSONMember("alternatives", .texts(alternatives)),
        ])),
      JSONMember("confidentiality", .texts(limitsOfConfidentiality)),
      JSONMember("response_time", .string(responseTime)),
      JSONMember("failure", .string(whenTechnologyFails)),
      JSONMember(
        "emergency",
        .object([
          JSONMember("plan", .string(emergency.plan)),
          JSONMember("numbers", .texts(emergency.numbers)),
        ])),
      JSONMember("withdrawal", .string(howToWithdraw)),
      JSONMember("redisclosure", .string(redisclosure)),
      JSONMember("refusing", .string(refusing)),
      JSONMember("from", .time(validFrom)),
      JSONMember("until", .time(validUntil)),
    ]
  }

  init(from members: inout JSONMembers) throws(ConsentError) {
    practice = try Practice(try members.object("practice"))
    form = try Form(try members.object("form"))
    scopes = []
    for item in try members.array("scopes") {
      scopes.append(try OfferedScope(try JSONMembers(item)))
    }
    guard !scopes.isEmpty else { throw .line(.empty) }
    guard Set(scopes.map(\.scope)).count == scopes.count else { throw .line(.scope) }
    purposes = try members.texts("purposes")
    data = try DataKept(try members.object("data"))
    recipients = try members.texts("recipients")
    var disclosed = try members.object("disclosed")
    risks = try disclosed.texts("risks")
    benefits = try disclosed.texts("benefits")
    alternatives = try disclosed.texts("alternatives")
    try disclosed.finish()
    limitsOfConfidentiality = try members.texts("confidentiality")
    responseTime = try members.text("response_time")
    whenTechnologyFails = try members.text("failure")
    var emergency = try members.object("emergency")
    self.emergency = Emergency(
      plan: try emergency.text("plan"), numbers: try emergency.texts("numbers"))
    try emergency.finish()
    howToWithdraw = try members.text("withdrawal")
    redisclosure = try members.text("redisclosure")
    refusing = try members.text("refusing")
    validFrom = try members.time("from")
    validUntil = try members.time("until")
    guard validFrom < validUntil else { throw .line(.dates) }
  }
}

extension Terms.Practice {
  fileprivate var value: JSONValue {
    .object([
      JSONMember("name", .string(name)),
      JSONMember("profession", .string(profession)),
      JSONMember("licence", .string(licence)),
      JSONMember("jurisdiction", .string(jurisdiction)),
      JSONMember("contact", .string(contact)),
      JSONMember("credentials", .string(howToCheck)),
    ])
  }

  fileprivate init(_ object: JSONMembers) throws(ConsentError) {
    var members = object
    name = try members.text("name", limit: 256)
    profession = try members.text("profession", limit: 256)
    licence = try members.text("licence", limit: 256)
    jurisdiction = try members.text("jurisdiction", limit: 256)
    contact = try members.text("contact")
    howToCheck = try members.text("credentials")
    try members.finish()
  }
}

extension Terms.Form {
  fileprivate var value: JSONValue {
    .object([
      JSONMember("text", .string(text)),
      JSONMember("sha256", Encoded.value(hash)),
      JSONMember("language", .string(language)),
      JSONMember("version", .string(version)),
    ])
  }

  fileprivate init(_ object: JSONMembers) throws(ConsentError) {
    var members = object
    self.init(
      text: try members.text("text", limit: TextRule.formLimit),
      language: try members.text("language", limit: 35),
      version: try members.text("version", limit: 64))
    guard try members.bytes("sha256", count: 32) == hash else { throw .line(.formHash) }
    try members.finish()
  }
}

extension Terms.OfferedScope {
  fileprivate var value: JSONValue {
    var members = [
      JSONMember("scope", .string(scope.rawValue)), JSONMember("purpose", .string(purpose)),
    ]
    if let person { members.append(JSONMember("person", person.value)) }
    return .object(members)
  }

  fileprivate init(_ object: JSONMembers) throws(ConsentError) {
    var members = object
    scope = try Scope(named: try members.string("scope"))
    purpose = try members.text("purpose")
    if let person = try members.optionalObject("person") { self.person = try Terms.Person(person) }
    // Supervision names a person, and nothing else brings in a third one.
    guard (scope == .supervision) == (person != nil) else { throw .line(.scope) }
    try members.finish()
  }
}

extension Terms.Person {
  fileprivate var value: JSONValue {
    var members = [JSONMember("name", .string(name))]
    if let identity { members.append(JSONMember("identity", Encoded.value(identity.bytes))) }
    return .object(members)
  }

  fileprivate init(_ object: JSONMembers) throws(ConsentError) {
    var members = object
    name = try members.text("name", limit: 256)
    identity = try members.optionalBytes("identity", count: 32).flatMap { IdentityKey($0) }
    try members.finish()
  }
}

extension Terms.DataKept {
  fileprivate var value: JSONValue {
    .object([
      JSONMember("kept", .string(kept)),
      JSONMember("place", .string(place)),
      JSONMember("retention", .string(retention)),
      JSONMember("retention_days", .integer(retentionDays)),
    ])
  }

  fileprivate init(_ object: JSONMembers) throws(ConsentError) {
    var members = object
    kept = try members.text("kept")
    place = try members.text("place")
    retention = try members.text("retention")
    // A hundred years: longer than any duty to keep.
    retentionDays = try members.integer("retention_days", in: 0...36_525)
    try members.finish()
  }
}
