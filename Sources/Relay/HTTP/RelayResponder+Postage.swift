// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdCore
import Postage
import RelayLog
import RelayProtocol

extension RelayResponder {
  /// `POST /v1/channel/extend`
  func extend(_ request: Request, _ context: RelayContext) async throws -> Response {
    let fields = Fields(request)
    let channel: ChannelID = try fields.value(Fields.channel)
    let token = try fields.token().hash
    let spending = try payment(fields, for: .extending(channel), context)
    let extended = try await store.extend(channel, token: token, postage: spending)
    count(extended.payment)
    return Response(status: .ok, headers: Self.expiry(extended.lastDay))
  }

  /// The token of a request, if it is good here: the store then spends it with what it buys. What nobody
  /// pays for, a bad or spent token too, is limited by address, and from an address that has had enough of
  /// it no signature is checked.
  func payment(
    _ fields: Fields, for purpose: PostagePurpose, _ context: RelayContext
  ) throws -> PostageSpending? {
    if store.policy.requiresPostage, fields.has(Fields.postage) {
      let text = try fields.text(Fields.postage)
      guard admission.mayShowPostage(context.channel) else { throw RelayError.refused(.limited) }
      // What cannot be read is a bad token like any other.
      let token: PostageToken? = try? Fields.value(text[...])
      if let token, postage.accept(token) { return PostageSpending(token, for: purpose) }
      admission.refusePostage(context.channel)
      throw RelayError.refused(.postageInvalid)
    }
    guard admission.mayCreate(context.channel) else { throw RelayError.refused(.limited) }
    return nil
  }

  func count(_ payment: Judgement.Payment?) {
    switch payment {
    case .fresh: metrics.postage.add("spent")
    case .again: metrics.postage.add("again")
    case .free, .missing, .spent, nil: break
    }
  }
}
