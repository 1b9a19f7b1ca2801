// WalleModules
