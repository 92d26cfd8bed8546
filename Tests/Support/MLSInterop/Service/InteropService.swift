// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
public import MLS
public import Primitives
import WireFormat

/// The interop service of the MLS working group (`mls_client.proto`), one JSON object per line.
///
/// ```
/// {"id": 1, "method": "CreateGroup", "params": {"group_id": "AAE=", "cipher_suite": 1}}
/// {"id": 1, "result": {"state_id": 1}}
/// {"id": 2, "method": "StateAuth", "params": {"state_id": 9}}
/// {"id": 2, "error": {"code": "NOT_FOUND", "message": "state_id: unknown"}}
/// ```
///
/// Methods and fields have the names of the service; bytes are in base64, of either alphabet and with or
/// without padding. `id` is anything and comes back, and so does `jsonrpc` where it is given. Other
/// spellings of the frame are those of ``InteropRequest``; where the fields stand beside the method, those
/// of the result stand beside `result` as well. Any line but a blank one gets one answer, and one that
/// is an error has changed nothing, but that a member who is handed the Commit that removes it speaks in
/// the group no more.
///
/// Reserved values, RFC 9420 section 13.5, are in the lists of capabilities alone unless more is asked for:
/// there are implementations that refuse the extensions.
///
/// A `state_id` stays the same while its group goes from epoch to epoch. All ids come from one
/// counter, since StorePSK takes a state or a transaction.
public struct InteropService {
  /// Whether groups are written to their stored form and read back after each request.
  public enum Storage: Sendable { case inMemory, reloading }

  enum Entry {
    case member(InteropMember)
    case newcomer(InteropNewcomer)
    case signer(InteropSigner)
    case succession(InteropSuccession)
  }

  var entries: [UInt32: Entry] = [:]
  private var lastID: UInt32 = 0
  let random: any RandomSource
  let grease: Grease
  private let now: @Sendable () -> UInt64
  private let storage: Storage

  /// - Parameters:
  ///   - now: Seconds since 1970, asked whenever a KeyPackage is made or added.
  ///   - grease: Where reserved values go, in leaves, KeyPackages and GroupInfos.
  public init(
    random: any RandomSource, now: @escaping @Sendable () -> UInt64,
    grease: Grease = .inCapabilities, storage: Storage = .inMemory
  ) {
    self.random = random
    self.grease = grease
    self.storage = storage
    self.now = now
  }

  var validation: Validation {
    Validation(
      credentials: SameCredential(), now: now(), receivedLifetimes: .ignore,
      maximumLifetime: .max)
  }

  /// The answer to a line, without its end; nil to a blank one.
  public mutating func answer(_ line: String) -> String? {
    guard !JSONLineReader.isBlank(line.utf8) else { return nil }
    guard let values = JSONValue.object(ofLine: line) else {
      let error = InteropError(.invalidArgument, "the line is no JSON object")
      return JSONValue.object(["id": .null, "error": error.json]).line
    }
    let request = InteropRequest(values)
    var answer = request.echo
    do {
      let result = try perform(request)
      if request.isFlat { answer.merge(result) { own, _ in own } }
      answer["result"] = .object(result)
    } catch {
      answer["error"] = InteropError(error).json(besides: request.unknownKeys)
    }
    return JSONValue.object(answer).line
  }

  private mutating func perform(_ request: InteropRequest) throws -> [String: JSONValue] {
    guard let call = Self.calls[try request.method()] else {
      throw InteropError(.unimplemented, "no such method")
    }
    return try call(&self, request.fields())
  }

  typealias Call = @Sendable (inout InteropService, RequestFields) throws -> [String: JSONValue]

  private static let methods: [String: Call] = [
    "Name": { _, _ in ["name": .text("Alcove")] },
    "SupportedCiphersuites": { _, _ in
      ["ciphersuites": .list(CipherSuite.all.map { .number(UInt64($0.number.rawValue)) })]
    },
    "CreateGroup": { try $0.createGroup($1) },
    "CreateKeyPackage": { try $0.createKeyPackage($1) },
    "JoinGroup": { try $0.joinGroup($1) },
    "ExternalJoin": { try $0.externalJoin($1) },
    "GroupInfo": { try $0.groupInfo($1) },
    "StateAuth": { try $0.stateAuth($1) },
    "Export": { try $0.export($1) },
    "Protect": { try $0.protect($1) },
    "Unprotect": { try $0.unprotect($1) },
    "StorePSK": { try $0.storePSK($1) },
    "AddProposal": { try $0.addProposal($1) },
    "UpdateProposal": { try $0.updateProposal($1) },
    "RemoveProposal": { try $0.removeProposal($1) },
    "ExternalPSKProposal": { try $0.externalPSKProposal($1) },
    "ResumptionPSKProposal": { try $0.resumptionPSKProposal($1) },
    "GroupContextExtensionsProposal": { try $0.groupContextExtensionsProposal($1) },
    "Commit": { try $0.commit($1) },
    "HandleCommit": { try $0.handleCommit($1) },
    "HandlePendingCommit": { try $0.handlePendingCommit($1) },
    "NewMemberAddProposal": { try $0.newMemberAddProposal($1) },
    "CreateExternalSigner": { try $0.createExternalSigner($1) },
    "AddExternalSigner": { try $0.addExternalSigner($1) },
    "ExternalSignerProposal": { try $0.externalSignerProposal($1) },
    "ReInitProposal": { try $0.reInitProposal($1) },
    "ReInitCommit": { try $0.reInitCommit($1) },
    "HandlePendingReInitCommit": { try $0.handlePendingReInitCommit($1) },
    "HandleReInitCommit": { try $0.handleReInitCommit($1) },
    "ReInitWelcome": { try $0.reInitWelcome($1) },
    "HandleReInitWelcome": { try $0.handleReInitWelcome($1) },
    "CreateBranch": { try $0.createBranch($1) },
    "HandleBranch": { try $0.handleBranch($1) },
    "Free": { try $0.free($1) },
  ]

  private static let calls = Dictionary(
    uniqueKeysWithValues: methods.map { (InteropRequest.plain($0.key), $0.value) })

  /// The names of all methods.
  public static var methodNames: [String] { methods.keys.sorted() }

  // MARK: What the ids stand for

  mutating func add(_ entry: Entry) throws -> UInt32 {
    let (next, overflow) = lastID.addingReportingOverflow(1)
    guard !overflow else { throw InteropError(.failedPrecondition, "no id is left") }
    lastID = next
    entries[next] = try reloaded(entry)
    return next
  }

  mutating func set(_ id: UInt32, to member: InteropMember) throws {
    entries[id] = try reloaded(.member(member))
  }

  /// The same through its stored form, where that is asked for.
  private func reloaded(_ entry: Entry) throws -> Entry {
    guard storage == .reloading, case .member(var member) = entry else { return entry }
    member.group = try reloaded(member.group)
    if let pending = member.pending { member.pending?.next = try reloaded(pending.next) }
    return .member(member)
  }

  private func reloaded(_ group: Group) throws -> Group {
    let bytes = group.encodedExposingSecrets()
    let again = try Group(exposedBytes: bytes)
    guard again.encodedExposingSecrets() == bytes else {
      throw InteropError(.failedPrecondition, "the stored state comes back as another one")
    }
    return again
  }

  func member(_ fields: RequestFields) throws -> (id: UInt32, member: InteropMember) {
    let (id, member) = try memberOrFormer(fields)
    guard !member.isRemoved else {
      throw InteropError(.failedPrecondition, "state_id: this member has been removed")
    }
    return (id, member)
  }

  /// Also one that has been removed, which still may read what was sent before (RFC 9420, 12.4.2).
  func memberOrFormer(_ fields: RequestFields) throws -> (id: UInt32, member: InteropMember) {
    let id = try fields.uint32("state_id")
    guard case .member(let member)? = entries[id] else {
      throw InteropError(.notFound, "state_id: unknown")
    }
    return (id, member)
  }

  func newcomer(_ fields: RequestFields) throws -> InteropNewcomer {
    guard case .newcomer(let newcomer)? = entries[try fields.uint32("transaction_id")] else {
      throw InteropError(.notFound, "transaction_id: unknown")
    }
    return newcomer
  }

  func succession(_ fields: RequestFields) throws -> InteropSuccession {
    guard case .succession(let succession)? = entries[try fields.uint32("reinit_id")] else {
      throw InteropError(.notFound, "reinit_id: unknown")
    }
    return succession
  }

  func signer(_ fields: RequestFields) throws -> InteropSigner {
    guard case .signer(let signer)? = entries[try fields.uint32("signer_id")] else {
      throw InteropError(.notFound, "signer_id: unknown")
    }
    return signer
  }
}
