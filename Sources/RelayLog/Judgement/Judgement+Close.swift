// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

extension Judgement {
  /// Judges the end of a channel, which needs both secrets of its epoch. Who cannot show them learns
  /// no more of a closed channel than of one that never was.
  package static func judge(
    close token: TokenHash, _ turn: TurnHash, _ channel: ChannelRow?, access: Access
  ) -> CloseVerdict {
    guard let channel else { return .refuse(.refused(.noSuchChannel)) }
    if channel.isClosed {
      let isSame = token == channel.token && turn == channel.turn
      return isSame ? .closedBefore : .refuse(.refused(.noSuchChannel))
    }
    switch access {
    case .none: return .refuse(.refused(.noSuchChannel))
    case .retired(let last): return .refuse(.tokenRetired(last: last))
    case .current: return turn == channel.turn ? .close : .refuse(.refused(.noSuchChannel))
    }
  }
}
