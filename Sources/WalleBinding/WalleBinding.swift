// WalleBinding
