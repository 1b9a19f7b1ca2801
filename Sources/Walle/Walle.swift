// Walle
