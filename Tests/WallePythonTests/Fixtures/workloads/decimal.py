import decimal


def run():
    decimal.getcontext().prec = 500
    total = decimal.Decimal(0)
    for number in range(1, 400):
        total += decimal.Decimal(1) / number
    return str(total.sqrt())
