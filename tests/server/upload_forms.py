"""Forms that hold files, as a browser sends them."""

BLOCK = 4_096


FORM = "multipart/form-data; boundary=b"


PART = '--b\r\nContent-Disposition: form-data; name="{name}"; filename="a.png"\r\n\r\n'


def write_form(*contents, name="files", end="--b--\r\n"):
    return ("".join(f"{PART.format(name=name)}{content}\r\n" for content in contents) + end).encode()


def list_files(folder):
    return {path for path in folder.rglob("*") if path.is_file()}
