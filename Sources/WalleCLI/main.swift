internal import WalleCommands

await WalleCommand.start()
