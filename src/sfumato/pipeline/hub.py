"""Models by their name at Hugging Face: fetched once into its standard cache, and from then on found there offline."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ..core.disk import reason
from ..core.refusal import Refusal

NAME = re.compile(r"[\w.-]+/[\w.-]+(/.+\.(safetensors|gguf))?")
# What a picture needs of a repository: no pickles, no other frameworks, no half precision beside the full one.
WANTED = ["*.json", "*/*.safetensors", "*/*.txt", "*/*.model"]
UNWANTED = ["*.fp16.*", "*.bf16.*", "*.non_ema.*", "*onnx*", "safety_checker/*", "*openvino*", "*flax*"]


def fetched(name: str) -> Path:
    """Where ``owner/name``, or one file ``owner/name/file.gguf``, lies in the cache of ``huggingface_hub``.

    What is not there is downloaded with a progress bar. The standard environment variables hold (``HF_HUB_OFFLINE``,
    ``HF_HOME``, ``HF_TOKEN``). Raises Refusal in one line when there is no such model, no right to it, no network or
    no room.
    """
    try:
        from huggingface_hub import errors
    except ImportError as error:
        raise Refusal(f"{name} is not here; to fetch it from Hugging Face: pip install 'sfumato[hub]'") from error
    try:
        try:  # what lies in the cache is taken as it is, so that a model does not change under its pictures
            return _found(name, here=True)
        except errors.LocalEntryNotFoundError:
            return _found(name, here=False)
    except errors.GatedRepoError as error:
        said = f"{name} is behind a licence: accept it at https://huggingface.co/{name}, then run hf auth login"
        raise Refusal(said) from error
    except errors.RepositoryNotFoundError as error:
        raise Refusal(f"there is no {name} at Hugging Face, or it is private: then run hf auth login") from error
    except (errors.OfflineModeIsEnabled, errors.LocalEntryNotFoundError) as error:
        if isinstance(error.__cause__, errors.HfHubHTTPError):
            raise Refusal(f"Hugging Face does not give {name}: {str(error.__cause__).splitlines()[0]}") from error
        said = f"{name} is neither here nor in the cache, and cannot be fetched: no network, or HF_HUB_OFFLINE is set"
        raise Refusal(said) from error
    except (errors.HfHubHTTPError, errors.HFValidationError) as error:
        raise Refusal(f"Hugging Face does not give {name}: {str(error).splitlines()[0]}") from error
    except OSError as error:
        raise Refusal(f"{name} cannot be fetched: {reason(error)}") from error


def cached() -> list[tuple[str, str]]:
    """The models in the cache by name, with the pipeline each says it is; none where nothing was ever fetched."""
    try:
        from huggingface_hub import scan_cache_dir
        from huggingface_hub.errors import CacheNotFound
    except ImportError:
        return []
    try:
        repositories = scan_cache_dir().repos
    except CacheNotFound:
        return []
    found = []
    for repository in repositories:
        for revision in repository.revisions:
            try:
                index = json.loads((Path(revision.snapshot_path) / "model_index.json").read_bytes())
                found.append((repository.repo_id, str(index["_class_name"])))
            except (OSError, ValueError, LookupError, TypeError):  # not a model that paints, or not whole
                continue
    return sorted(set(found))


def _found(name: str, *, here: bool) -> Path:
    from huggingface_hub import hf_hub_download, snapshot_download

    owner, repository, *file = name.split("/", 2)
    where = f"{owner}/{repository}"
    if file:
        return Path(hf_hub_download(where, file[0], local_files_only=here))
    return Path(snapshot_download(where, allow_patterns=WANTED, ignore_patterns=UNWANTED, local_files_only=here))
