// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A suite that plays the operator of one relay, in a folder of its own.
protocol OperatorSuite {
  var folder: URL { get }
}

extension OperatorSuite {
  var home: URL { folder.appending(path: "relay") }
  var log: URL { folder.appending(path: "log") }

  func run(_ arguments: String...) throws -> Command.Result { try RelayProcess.run(arguments) }
}
