// SPDX-License-Identifier: Apache-2.0

public import Certificates
internal import Primitives

/// The body of `terms`: what the therapist offers and discloses, as the client is shown it.
public struct Terms: Equatable, Sendable {
  public var practice: Practice
  public var form: Form
  /// What may be consented to, each on its own; at least one, none twice.
  public var scopes: [OfferedScope]
  /// What the data is used for.
  public var purposes: [String]
  public var data: DataKept
  /// Who can read.
  public var recipients: [String]
  public var risks: [String]
  public var benefits: [String]
  public var alternatives: [String]
  /// When the therapist must or may break confidence.
  public var limitsOfConfidentiality: [String]
  public var responseTime: String
  public var whenTechnologyFails: String
  public var emergency: Emergency
  public var howToWithdraw: String
  /// What may happen to data once somebody else has it lawfully (42 CFR 2.31, 45 CFR 164.508).
  public var redisclosure: String
  /// What follows from refusing, which must not be the end of treatment for an unneeded scope.
  public var refusing: String
  public var validFrom: ConsentTime
  public var validUntil: ConsentTime

  public init(
    practice: Practice, form: Form, scopes: [OfferedScope], purposes: [String], data: DataKept,
    recipients: [String], risks: [String], benefits: [String], alternatives: [String],
    limitsOfConfidentiality: [String], responseTime: String, whenTechnologyFails: String,
    emergency: Emergency, howToWithdraw: String, redisclosure: String, refusing: String,
    validFrom: ConsentTime, validUntil: ConsentTime
  ) {
    self.practice = practice
    self.form = form
    self.scopes = scopes
    self.purposes = purposes
    self.data = data
    self.recipients = recipients
    self.risks = risks
    self.benefits = benefits
    self.alternatives = alternatives
    self.limitsOfConfidentiality = limitsOfConfidentiality
    self.responseTime = responseTime
    self.whenTechnologyFails = whenTechnologyFails
    self.emergency = emergency
    self.howToWithdraw = howToWithdraw
    self.redisclosure = redisclosure
    self.refusing = refusing
    self.validFrom = validFrom
    self.validUntil = validUntil
  }

  /// The offered scopes by name.
  public var offered: Set<Scope> { Set(scopes.map(\.scope)) }

  /// What is offered for `scope`, if it is.
  public func offer(of scope: Scope) -> OfferedScope? {
    scopes.first { $0.scope == scope }
  }
}

extension Terms {
  /// Who offers.
  public struct Practice: Equatable, Sendable {
    public var name: String
    /// The profession as licensed.
    public var profession: String
    public var licence: String
    public var jurisdiction: String
    public var contact: String
    /// How a client can check the credentials without asking the therapist.
    public var howToCheck: String

    public init(
      name: String, profession: String, licence: String, jurisdiction: String, contact: String,
      howToCheck: String
    ) {
      self.name = name
      self.profession = profession
      self.licence = licence
      self.jurisdiction = jurisdiction
      self.contact = contact
      self.howToCheck = howToCheck
    }
  }

  /// The form as shown: its text and what names it.
  public struct Form: Equatable, Sendable {
    public let text: String
    /// SHA-256 of the text in UTF-8, 32 bytes.
    public let hash: [UInt8]
    /// A language tag (RFC 5646), `de` or `en` for the forms of this module.
    public let language: String
    public let version: String

    public init(text: String, language: String, version: String) {
      self.text = text
      self.language = language
      self.version = version
      hash = Digest.sha256(Array(text.utf8))
    }
  }

  /// One scope as offered.
  public struct OfferedScope: Equatable, Sendable {
    public var scope: Scope
    /// What exactly it is, in the words of the practice.
    public var purpose: String
    /// For `supervision`: who.
    public var person: Person?

    public init(scope: Scope, purpose: String, person: Person? = nil) {
      self.scope = scope
      self.purpose = purpose
      self.person = person
    }
  }

  /// A third person that a scope names.
  public struct Person: Equatable, Sendable {
    public var name: String
    /// The identity key, if that person may become a member of the group.
    public var identity: IdentityKey?

    public init(name: String, identity: IdentityKey? = nil) {
      self.name = name
      self.identity = identity
    }
  }

  /// Which data is kept, where, how long.
  public struct DataKept: Equatable, Sendable {
    public var kept: String
    public var place: String
    public var retention: String
    /// Days from the end of the relationship to erasure, for programs.
    public var retentionDays: Int64

    public init(kept: String, place: String, retention: String, retentionDays: Int64) {
      self.kept = kept
      self.place = place
      self.retention = retention
      self.retentionDays = retentionDays
    }
  }

  /// What to do when it cannot wait.
  public struct Emergency: Equatable, Sendable {
    public var plan: String
    public var numbers: [String]

    public init(plan: String, numbers: [String]) {
      self.plan = plan
      self.numbers = numbers
    }
  }
}
