// SPDX-License-Identifier: Apache-2.0

public import Certificates

/// The hash-chained lines of one relationship: a value that only grows, and only by lines that its
/// rules accept.
///
/// No clock is asked here. Whether a line is valid follows from the lines before it, so that every
/// member finds the same.
public struct Ledger: Sendable {
  /// The most lines a ledger takes. Beyond this, and beyond ``maximumBytes``, it takes a `withdraw` or an
  /// `end` that takes something away: there is little to take, so that it stays bounded all the same.
  public static let maximumLength = 4_096
  /// The most bytes of lines a ledger takes, 32 MiB.
  public static let maximumBytes = 1 << 25

  public private(set) var lines: [VerifiedLine]
  /// The bytes of all lines.
  private var byteCount: Int
  /// Which line brought each head: whoever checks a store asks for thousands.
  private var places: [ConsentHead: Int]
  private var devices: [KeyThumbprint: VerifiedLine.Author]
  private var serials: [IdentityKey: DeviceSerial]
  private var hashes: Set<LineHash>

  /// Whether signatures are looked at again.
  enum Signatures {
    case checked
    /// They were checked before these very bytes were sealed into the store.
    case checkedBefore
  }

  // MARK: Making

  /// A ledger of line 0 alone.
  public init(founding line: UnverifiedLine) throws(ConsentError) {
    try self.init(founding: line, signatures: .checked)
  }

  /// A ledger from its lines in order, each checked.
  public init(_ lines: [[UInt8]]) throws(ConsentError) {
    try self.init(lines, signatures: .checked)
  }

  /// A ledger from lines whose signatures were checked before: for bytes that come out of one's own
  /// sealed store, where every step reads them again. All other rules are applied.
  public init(trustingSignaturesOf lines: [[UInt8]]) throws(ConsentError) {
    try self.init(lines, signatures: .checkedBefore)
  }

  private init(_ lines: [[UInt8]], signatures: Signatures) throws(ConsentError) {
    guard let first = lines.first else { throw .rule(.foundingLine) }
    try self.init(founding: try UnverifiedLine(first), signatures: signatures)
    for line in lines.dropFirst() {
      try append(try UnverifiedLine(line), signatures: signatures)
    }
  }

  private init(founding line: UnverifiedLine, signatures: Signatures) throws(ConsentError) {
    guard case .terms(let terms) = line.body, line.seen == nil, line.void.isEmpty,
      let certificate = line.certificate
    else { throw .rule(.foundingLine) }
    let chain = try DeviceChain(certificate, signatures)
    guard chain.role == .therapist else { throw .rule(.author) }
    let author = VerifiedLine.Author(
      role: .therapist, identity: chain.identity, device: chain.device, serial: chain.serial)
    try Self.checkSignature(of: line, by: author, signatures)
    let state = ConsentState(founding: .init(line: line.hash, terms: terms))
    let head = ConsentHead.empty.adding(line.hash)
    lines = [VerifiedLine(checked: line, index: 0, head: head, author: author, state: state)]
    byteCount = line.bytes.count
    places = [head: 0]
    devices = [line.keyThumbprint: author]
    serials = [chain.identity: chain.serial]
    hashes = [line.hash]
  }

  // MARK: Growing

  /// Adds one line, or throws and leaves the ledger as it is.
  public mutating func append(_ line: UnverifiedLine) throws(ConsentError) {
    try append(line, signatures: .checked)
  }

  /// This ledger with one more line.
  public func appending(_ line: UnverifiedLine) throws(ConsentError) -> Ledger {
    var next = self
    try next.append(line)
    return next
  }

  mutating func append(
    _ line: UnverifiedLine, signatures: Signatures
  ) throws(ConsentError) {
    guard line.relationship == relationship else { throw .rule(.relationship) }
    guard !hashes.contains(line.hash) else { throw .rule(.repeated) }
    let isWithdrawal = line.kind == .withdraw
    // What is in the store has been taken: earlier versions had room for more.
    let isFull =
      signatures == .checked
      && (lines.count >= Self.maximumLength || byteCount + line.bytes.count > Self.maximumBytes)
    guard !isFull || isWithdrawal || line.kind == .end else { throw .rule(.full) }

    let author = try author(of: line, signatures)
    try Self.checkSignature(of: line, by: author, signatures)

    guard let seen = line.seen else { throw .rule(.seenMissing) }
    // DESIGN §8: a withdrawal is valid wherever it lands, every other kind only on the head it saw.
    if !isWithdrawal {
      guard seen == head else { throw .rule(.dead) }
      guard line.time >= last.time else { throw .rule(.time) }
      // That a line declared void cannot land later needs no rule: it saw a head that is gone.
      guard hashes.isDisjoint(with: line.void) else { throw .rule(.voidNamesLine) }
    }

    var state = self.state
    do {
      try state.apply(
        ConsentEvent(body: line.body, author: author.role, time: line.time, line: line.hash))
    } catch {
      throw .rule(error)
    }
    // CONSENT: these two are valid in every state, so want of room must not keep out one that counts. One
    // that changes nothing is refused then, or a member could sign them without end.
    guard !isFull || state != self.state else { throw .rule(.full) }

    let next = head.adding(line.hash)
    places[next] = lines.count
    byteCount += line.bytes.count
    lines.append(
      VerifiedLine(checked: line, index: lines.count, head: next, author: author, state: state))
    devices[line.keyThumbprint] = author
    serials[author.identity] = author.serial
    hashes.insert(line.hash)
  }

  // MARK: Telling

  public var relationship: RelationshipID { lines[0].line.relationship }
  public var head: ConsentHead { last.head }
  public var length: Int { lines.count }
  /// The consent as the newest line leaves it.
  public var state: ConsentState { last.state }
  /// The newest line.
  public var last: VerifiedLine { lines[lines.count - 1] }

  /// The line that brought the ledger to `head`, if any did.
  public func line(at head: ConsentHead) -> VerifiedLine? {
    places[head].map { lines[$0] }
  }

  /// The consent under which an epoch stands whose ledger has `length` lines.
  public func state(atLength length: Int) -> ConsentState? {
    lines.indices.contains(length - 1) ? lines[length - 1].state : nil
  }

  /// Whether a line of these bytes is in the ledger.
  public func contains(_ line: LineHash) -> Bool { hashes.contains(line) }

  /// Whether a device key has signed here, so that its next line carries no certificate.
  public func knows(_ device: DeviceKey) -> Bool {
    devices[KeyThumbprint(of: device)] != nil
  }

  /// The highest serial of a device that has signed for `identity`.
  public func highestSerial(of identity: IdentityKey) -> DeviceSerial? { serials[identity] }

  /// The device keys that have signed, in the order of their first lines.
  var deviceKeys: [DeviceKey] {
    var seen: Set<DeviceKey> = []
    return lines.map(\.author.device).filter { seen.insert($0).inserted }
  }

  /// The certificates, in the order of the lines that brought them.
  var certificates: [[UInt8]] {
    var seen: Set<[UInt8]> = []
    return lines.compactMap(\.line.certificate).filter { seen.insert($0).inserted }
  }

  // MARK: Authors

  private func author(
    of line: UnverifiedLine, _ signatures: Signatures
  ) throws(ConsentError) -> VerifiedLine.Author {
    let known = devices[line.keyThumbprint]
    if let known, line.certificate == nil {
      // Order ends a key: once a higher serial has signed, a lower one cannot.
      guard known.serial == serials[known.identity] else { throw .rule(.serial) }
      return known
    }
    guard let certificate = line.certificate else { throw .rule(.unknownKey) }
    let chain = try DeviceChain(certificate, signatures)
    guard KeyThumbprint(of: chain.device) == line.keyThumbprint else {
      throw .rule(.certificateForAnotherKey)
    }
    if let known {
      // A withdrawal is signed once, when its author could not know which of its lines lands first.
      guard line.kind == .withdraw, known.identity == chain.identity, known.device == chain.device,
        known.serial == chain.serial
      else { throw .rule(.certificateRepeated) }
      guard known.serial == serials[known.identity] else { throw .rule(.serial) }
      return known
    }
    if let highest = serials[chain.identity], chain.serial <= highest { throw .rule(.serial) }
    return VerifiedLine.Author(
      role: try role(of: chain, signing: line.kind), identity: chain.identity,
      device: chain.device, serial: chain.serial)
  }

  private func role(
    of chain: DeviceChain, signing kind: LineKind
  ) throws(ConsentError) -> ConsentRole {
    switch chain.role {
    case .therapist:
      guard chain.identity == therapistIdentity else { throw .rule(.author) }
      return .therapist
    case .client:
      // The first grant names the client; the same key cannot stand on both sides.
      guard chain.identity != therapistIdentity,
        clientIdentity.map({ $0 == chain.identity }) ?? (kind == .grant)
      else { throw .rule(.author) }
      return .client
    }
  }

  private static func checkSignature(
    of line: UnverifiedLine, by author: VerifiedLine.Author, _ signatures: Signatures
  ) throws(ConsentError) {
    switch signatures {
    case .checked:
      guard line.jws.isSigned(by: author.device) else { throw .signature }
    case .checkedBefore:
      guard KeyThumbprint(of: author.device) == line.keyThumbprint else { throw .signature }
    }
  }
}
