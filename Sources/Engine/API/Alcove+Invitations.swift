// SPDX-License-Identifier: Apache-2.0

public import Consent
internal import Certificates
internal import EnvelopeStore
internal import KeyManagement
internal import MLS
internal import Primitives
internal import RelayProtocol
internal import WireFormat

extension Alcove {
  /// Invites a client: makes the offer, lays it on a fresh intake channel, and answers the link.
  ///
  /// Asked again for the same name while the invitation is open, it answers the same link; other terms or
  /// another time are ``EngineError/Code/invitationOpen`` then, since a link stands for what it offered. While
  /// an answer waits that is dated ahead it is ``EngineError/Code/datedAhead``: see ``giveUpAnswer(of:)``.
  ///
  /// A relationship of that name that nobody came into, and whose invitation is over, is closed first, and goes
  /// with what was written in it.
  ///
  /// - Parameters:
  ///   - expiresIn: Seconds; at most the 14 days for which relays keep an intake. Nil for 7 days, or for
  ///     whatever the open invitation has.
  ///   - terms: What is offered; nil for the form of the profile, for a year, or for what is open.
  public func invite(
    _ name: LocalName, expiresIn: Int64? = nil, terms: Terms? = nil
  ) async throws(EngineError) -> Invitation {
    try await typed(about: name) {
      try requireDay(terms?.validUntil)
      try await settleExpired(name)
      guard try earlyAnswer(of: name) == nil else { throw EngineError(.datedAhead) }
      try await endUnused(name)
      let key = try makeInvitation(name, expiresIn: expiresIn, terms: terms)
      let record = try invitation(key)
      let secrets = try IntakeSecrets(record.secret)
      let connection = try relays.connection(to: try RelayAddress(stored: record.relay))
      try await publish(record, secrets, connection)
      return Invitation(name: name, link: try record.link(), expires: record.expires)
    }
  }

  /// Whom this profile has answered by a link, if it has.
  private func answered(_ link: InvitationLink, in tx: RecordTransaction) throws -> LocalName? {
    try invitations(in: tx).map(\.value)
      .first { $0.stage == .answered && $0.secret.equals(link.secret) }
      .flatMap { LocalName($0.name) }
  }

  /// Fetches the offer behind a link and checks it; nothing is signed or stored. One that this profile has
  /// answered is ``EngineError/Code/notYetConnected``.
  public func inspectInvitation(_ link: InvitationLink) async throws(EngineError) -> Offer {
    try await typed {
      if let own = try store.read(keys(), { try answered(link, in: $0) }) {
        throw EngineError(.notYetConnected, about: own.text)
      }
      let secrets = try IntakeSecrets(link.secret)
      let connection = try relays.connection(to: link.relay)
      guard let log = try await readIntake(secrets, connection), !log.ids.isEmpty else {
        throw EngineError(.invitationGone)
      }
      // Others who hold the link can write here too: only the offer that the link names counts.
      guard
        let bytes = log.offers.first(where: {
          Array(Digest.sha256($0).prefix(16)) == link.offerHash
        })
      else { throw EngineError(.offerAltered) }
      let offer = try Self.checked(bytes, link: link, suggesting: suggestedName)
      guard clock.now() < offer.expires else { throw EngineError(.invitationExpired) }
      guard log.answers.isEmpty else { throw EngineError(.invitationAnswered) }
      return offer
    }
  }

  /// Answers an offer: makes this relationship's identity and device, signs the grant, and posts it.
  ///
  /// - Returns: The therapist's name on this device, and why the answer waits, if it does.
  public func accept(
    _ offer: Offer, _ acceptance: Acceptance
  ) async throws(EngineError) -> (name: LocalName, obstacle: EngineError?) {
    try await typed {
      let name = acceptance.name ?? offer.suggestedName
      let key = try answer(offer, acceptance, as: name)
      var run = Run()
      let obstacle = await obstacle(about: name) { try await advance(key, &run) }
      // It was there when the offer was read: it has been served, and not lost by the relay.
      if obstacle?.code == .invitationGone, let answered = try standing(key) {
        try fail(key, answered, .invitationGone, &run)
      }
      if let failure = run.events.compactMap(\.failure).first {
        try? destroyUnusedKeys()
        throw failure
      }
      return (name, obstacle)
    }
  }

  // MARK: Inviting

  private func makeInvitation(
    _ name: LocalName, expiresIn: Int64?, terms: Terms?
  ) throws -> RecordKey {
    let now = clock.now()
    let length = max(60, min(expiresIn ?? 7 * 86_400, 14 * 86_400))
    // The open invitation, if it is what is asked for; nil where the name is free.
    func open(in tx: RecordTransaction) throws -> RecordKey? {
      guard let open = try openInvitation(for: name, in: tx), now < open.value.expires else {
        try requireFree(name, in: tx)
        return nil
      }
      let isAsOpen =
        try (expiresIn == nil || open.value.expires - open.value.created == length)
        && (terms.map { try Self.offers(open.value, $0) } ?? true)
      guard isAsOpen else { throw EngineError(.invitationOpen, about: name.text) }
      return open.key
    }
    let profile = try store.read(keys()) { try self.profile(in: $0) }
    guard profile.role == .therapist else { throw EngineError(.wrongRole) }
    if let key = try store.read(keys(), open) { return key }
    // The data key exists before anything is sealed under it.
    let owner = try makeDataKey()
    return try store.transaction(keys()) { tx in
      // Another process of this profile may have taken the name meanwhile.
      if let key = try open(in: tx) { return key }
      try claim(owner, in: tx)
      let terms = terms ?? profile.terms(at: now)
      let line = try signTerms(terms, relationship: RelationshipID(random: random), now: now)
      let answerKey = try SealedAnswer.suite.generateKeyPair(from: random)
      let expires = now + length
      let offer = OfferBody(
        suite: suite.number.rawValue, expires: expires, key: answerKey.publicKey,
        terms: line.bytes
      ).wireBytes
      let secret = random.secret(16)
      let secrets = try IntakeSecrets(secret)
      let key = RecordKey(random.bytes(16))
      let record = InvitationRecord(
        stage: .open, name: name.text, owner: owner,
        relay: try RelayAddress(profile.relay).stored, secret: secret, created: now,
        expires: expires, offer: offer, posts: [try seal(.offer(offer), secrets)],
        turn: TurnSecret(random: random).secret,
        key: answerKey.privateKey.secret, answer: [])
      try forgetFailures(named: name, in: tx)
      try tx.put(record, .invitation, profileOwner, key)
      return key
    }
  }

  private func openInvitation(
    for name: LocalName, in tx: RecordTransaction
  ) throws -> (key: RecordKey, value: InvitationRecord)? {
    try invitations(in: tx).first { $0.value.name == name.text && $0.value.stage == .open }
  }

  /// An invitation whose time has passed since the last sync is over, unless an answer came in time.
  private func settleExpired(_ name: LocalName) async throws {
    let open = try store.read(keys()) { try openInvitation(for: name, in: $0) }
    guard let open, open.value.expires <= clock.now() else { return }
    var run = Run()
    try await advance(open.key, &run)
    // A new one takes its place; what is worth a warning is told first.
    for error in run.events.compactMap(\.failure)
    where error.code != .invitationExpired && error.code != .invitationGone {
      throw error
    }
  }

  /// Whether an invitation offers these terms, both counted from when they were made.
  private static func offers(_ invitation: InvitationRecord, _ terms: Terms) throws -> Bool {
    let line = try UnverifiedLine(try OfferBody(wireBytes: invitation.offer).terms)
    guard case .terms(let offered) = line.body else { return false }
    var terms = terms
    let (length, offeredLength) = (
      terms.validUntil.seconds - terms.validFrom.seconds,
      offered.validUntil.seconds - offered.validFrom.seconds
    )
    if length == offeredLength { terms.validUntil = offered.validUntil }
    terms.validFrom = offered.validFrom
    return terms == offered
  }

  /// A name may be taken again once its invitation has come to nothing.
  private func forgetFailures(named name: LocalName, in tx: RecordTransaction) throws {
    for (key, value) in try invitations(in: tx)
    where value.name == name.text && value.stage == .over {
      try tx.delete(.invitation, profileOwner, key)
      try erase(value.owner, in: tx)
    }
  }

  private func requireFree(_ name: LocalName, in tx: RecordTransaction) throws {
    let taken = try records(in: tx).contains { $0.name == name.text }
    let promised = try invitations(in: tx).contains {
      $0.value.name == name.text && $0.value.needsName
    }
    if taken || promised { throw EngineError(.nameTaken, about: name.text) }
  }

  // MARK: Answering

  private static func checked(
    _ bytes: [UInt8], link: InvitationLink, suggesting suggest: (String) throws -> LocalName
  ) throws -> Offer {
    guard let body = try? OfferBody(wireBytes: bytes), CipherSuite(rawValue: body.suite) != nil
    else { throw EngineError(.offerInvalid) }
    do {
      try SealedAnswer.suite.validate(publicKey: body.key)
      let ledger = try Ledger(founding: try UnverifiedLine(body.terms))
      let terms = ledger.state.newestOffer.terms
      return Offer(
        link: link, terms: terms, expires: body.expires, therapist: ledger.therapistIdentity.bytes,
        suggestedName: try suggest(terms.practice.name), bytes: bytes)
    } catch let error as EngineError {
      throw error
    } catch {
      throw EngineError(.offerInvalid)
    }
  }

  /// The last word of the practice's name, in lower case, with a number if it is taken.
  private func suggestedName(_ practice: String) throws -> LocalName {
    let word = practice.split(whereSeparator: { !$0.isLetter }).last.map { $0.lowercased() }
    let base = word.flatMap { LocalName($0) } ?? LocalName(stored: "therapist")
    for number in 1...99 {
      let name = number == 1 ? base : LocalName(stored: "\(base.text)\(number)")
      if (try? store.read(keys(), { try requireFree(name, in: $0) })) != nil { return name }
    }
    throw EngineError(.nameTaken, about: base.text)
  }

  private func answer(
    _ offer: Offer, _ acceptance: Acceptance, as name: LocalName
  ) throws -> RecordKey {
    let now = clock.now()
    let profile = try store.read(keys()) { try self.profile(in: $0) }
    guard profile.role == .client else { throw EngineError(.wrongRole) }
    guard now < offer.expires else { throw EngineError(.invitationExpired) }
    guard Set(acceptance.answers.keys).isSubset(of: offer.terms.offered) else {
      throw EngineError(.scopeNotOffered)
    }
    guard acceptance.answers.values.contains(true) else { throw EngineError(.answersMissing) }
    try requireDay(acceptance.validUntil, within: offer.terms)
    try store.read(keys()) { try requireFree(name, in: $0) }
    let body = try OfferBody(wireBytes: offer.bytes)
    guard let suite = CipherSuite(rawValue: body.suite) else { throw EngineError(.offerInvalid) }
    let ledger = try Ledger(founding: try UnverifiedLine(body.terms))
    try ledger.requireTime(at: now)

    let owner = try makeDataKey()
    let relationship = ledger.relationship.bytes
    let identity = try vault.makeIdentity(
      for: KeyOwner(owner), relationship: relationship, at: now)
    let leaf = try freshLeaf(suite: suite, relationship: relationship, owner: owner)
    let package = try OwnKeyPackage(
      signatureKey: leaf.parameters.signatureKey, credential: leaf.parameters.credential,
      capabilities: leaf.parameters.capabilities,
      lifetime: Lifetime(
        // From a day ago, for a therapist whose clock is behind; in all less than the longest that is taken.
        notBefore: UInt64(max(0, now - 86_400)), notAfter: UInt64(max(0, now) + 60 * 86_400)),
      grease: GroupContextPolicy.grease, random: random)
    let grant = try sign(
      .grant(
        Grant(
          answers: acceptance.answers, name: acceptance.signedAs,
          representative: acceptance.representative,
          validUntil: acceptance.validUntil ?? offer.terms.validUntil,
          formHash: offer.terms.form.hash, keyPackage: package.reference.bytes)),
      upon: ledger, void: [], owner: owner, now: now)
    do { _ = try ledger.appending(grant) } catch { throw EngineError(.consentLineRefused) }
    let answer = AnswerBody(
      certificate: identity.verified.certificate.wireBytes,
      sealedIdentity: try vault.sealedIdentity(for: KeyOwner(owner)).wireBytes,
      keyPackage: package.keyPackage.wireBytes, grant: grant.bytes)
    var packageKeys = package.encodedExposingSecrets()
    defer { packageKeys.wipe() }
    let sealed = try SealedAnswer(answer, to: body.key, offer: offer.bytes)
    return try store.transaction(keys()) { tx in
      // Another process of this profile may have taken the name, or answered the link, meanwhile. Two answers
      // would burn the invitation.
      try requireFree(name, in: tx)
      if let own = try answered(offer.link, in: tx) {
        throw EngineError(.notYetConnected, about: own.text)
      }
      guard try !records(in: tx).contains(where: { $0.relationship == relationship }) else {
        throw EngineError(.invitationAnswered)
      }
      try claim(owner, in: tx)
      let key = RecordKey(random.bytes(16))
      let record = InvitationRecord(
        stage: .answered, name: name.text, owner: owner, relay: offer.link.relay.stored,
        secret: offer.link.secret, created: now, expires: offer.expires, offer: offer.bytes,
        posts: [try seal(.answer(sealed), try IntakeSecrets(offer.link.secret))],
        turn: SharedSecret(zeros: 0),
        key: SharedSecret(wiping: &packageKeys), answer: answer.wireBytes)
      try forgetFailures(named: name, in: tx)
      try tx.put(record, .invitation, profileOwner, key)
      return key
    }
  }
}

extension EngineEvent {
  /// Why an invitation came to nothing.
  var failure: EngineError? {
    if case .invitationClosed(_, let error) = self { error } else { nil }
  }
}
