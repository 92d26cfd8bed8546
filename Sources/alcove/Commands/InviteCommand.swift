// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Consent
import Engine

/// `alcove invite NAME`
struct InviteCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "invite", abstract: "invite a client: link and QR code", usage: "NAME")
  static let examples = [
    "alcove invite mara", "alcove invite mara --expires 2d --offer text --offer questionnaires",
    "alcove invite mara --form form.txt --until 2027-06-30", "alcove invite mara --json",
  ]
  static let exits: [ExitStatus] = ExitStatus.relay

  @Argument(help: "A name that only you see.") var name: String
  @Option(help: ArgumentHelp("How long the link is good. (default: 7d)", valueName: "time"))
  var expires: HumanDuration?
  @OptionGroup(title: "TERMS") var terms: TermsOptions
  @Option(
    help: ArgumentHelp("Write the QR code to this PNG file.", valueName: "file"),
    completion: .file())
  var png: String?
  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let name = try LocalName(typed: name)
    guard expires?.seconds ?? 0 <= 14 * 86_400 else {
      throw Failure(.usage, "--expires takes at most 14d: relays keep an invitation no longer")
    }
    let picture = try png.map { path throws(Failure) in try Files.Reservation(path) }
    let session = try tool.open()
    let progress = Progress("leaving the offer at the relay", on: tool.console)
    let offered =
      terms.isEmpty ? nil : try terms.changing(try session.alcove.standardTerms())
    let invitation: Invitation
    do throws(EngineError) {
      invitation = try await session.alcove.invite(
        name, expiresIn: expires?.seconds, terms: offered)
    } catch {
      progress.end()
      throw Self.failure(error, inviting: name, session)
    }
    progress.end()
    try show(invitation, picture, on: tool)
    await session.close()
  }

  /// An invitation that was made and not laid at the relay is kept, and the same command shows its link.
  private static func failure(
    _ error: EngineError, inviting name: LocalName, _ session: Session
  ) -> Failure {
    guard error.isDelay, let person = try? session.alcove.person(name), person.state == .invited,
      let open = person.invitation, open.expires > LocalTime.now.seconds
    else { return Failure(error) }
    var failure = Failure(kept: error)
    failure.person = name.text
    let again = "alcove invite \(Shell.quoted(name.text))"
    failure.safe =
      "Nothing is lost: the invitation is made and kept; the same command shows its link once it is"
      + " at the relay."
    failure.next = failure.next.filter { $0 != "alcove sync" && $0 != "alcove outbox" } + [again]
    return failure
  }

  private func show(
    _ invitation: Invitation, _ picture: consuming Files.Reservation?, on tool: Tool
  ) throws {
    let console = tool.console
    let link = invitation.link.text
    let expires = LocalTime(seconds: invitation.expires)
    console.emit(
      "invitation",
      [
        "person": .string(console.shown(invitation.name.text)), "link": .string(link),
        "expires_at": .time(expires),
      ])
    let isPictureWanted = png != nil
    if let picture { try picture.fill(try Self.picture(of: link)) }
    guard !console.isJSON else { return }
    if let png { console.ok("QR code in \(Printable.line(png))") }
    let who = console.shown(invitation.name.text)
    console.say(
      "Invitation for \"\(who)\" (a name only you see). Good once, until \(expires.moment).")
    console.say()
    if !isPictureWanted { try paint(link, tool) }
    console.line(link)
    console.say()
    // Without the link: what stands in a command stands in the process list and in a shell's history.
    console.say("On their computer they run:   alcove accept   and paste the link")
    console.say(
      "Whoever has this link before it is used can pose as \(who). Afterwards compare numbers:"
        + "   \(console.command("alcove verify \(console.quoted(invitation.name))"))")
    console.next("alcove sync", "alcove verify \(console.quoted(invitation.name))")
  }

  /// The code in the terminal where it is large enough, else as a file.
  private func paint(_ link: String, _ tool: Tool) throws {
    let console = tool.console
    guard console.isInteractive, let code = QRCode(link) else { return }
    let fits = Terminal.size(of: .standardError).map { QRPainter.fits(code, in: $0) } ?? false
    if fits, console.noteStyle.isOn {
      for line in QRPainter.lines(code) { console.say("    " + line) }
      console.say()
    } else {
      let place = tool.directories.state + "/invitation.png"
      do throws(SystemFailure) {
        try Files.makeDirectory(tool.directories.state)
        try Files.write(PNGImage.encode(code), to: place, existing: .replace)
      } catch {
        throw Failure(error, path: place)
      }
      let why = fits ? "A QR code needs colours" : "This window is too small for the QR code"
      console.say("\(why); it is in \(Printable.line(place))")
      console.say()
    }
  }

  private static func picture(of link: String) throws(Failure) -> [UInt8] {
    guard let code = QRCode(link) else { throw Failure(.failed, "the link does not fit a QR code") }
    return PNGImage.encode(code)
  }
}
