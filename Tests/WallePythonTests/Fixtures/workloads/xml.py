import xml.etree.ElementTree as tree


def run():
    root = tree.Element("root")
    for number in range(3000):
        tree.SubElement(root, "item", id=str(number)).text = "x" * 20
    return len(tree.fromstring(tree.tostring(root)))
